// Invites.
import Chat
import Domain
import SQL
import Store
import TestSupport
import Testing
import Wire

@Suite struct InvitesTests {
  private func invite(_ room: String, uses: Int64? = nil, by user: TestUser, in fixture: ChatFixture) throws -> String {
    try fixture.chat.invite(to: room, expiresInSeconds: nil, uses: uses, by: user.principal).invite.code.text
  }

  @Test func `Bob joins a group by Alice's invite, and accepting it again takes no use`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Alice's", .group, by: fixture.alice)
    let code = try invite(group, uses: 2, by: fixture.alice, in: fixture)
    #expect(refusal { try fixture.chat.room(group, for: fixture.bob.principal) } == .notFound)
    let view = try fixture.chat.acceptInvite(code, by: fixture.bob.principal)
    #expect(view.room.id.text == group && view.membership?.role == .member)
    let event = try #require(try fixture.journal().last)
    #expect(try event.kind == .memberJoined && JSONValue(event.data)["reason"] == .string("invited"))
    for user in [fixture.bob, fixture.alice] { _ = try fixture.chat.acceptInvite(code, by: user.principal) }
    #expect(try fixture.chat.invites(to: group, for: fixture.alice.principal, after: 0, limit: 5).map(\.usesLeft) == [1])
    _ = try fixture.chat.acceptInvite(code, by: fixture.mallory.principal)
    #expect(refusal { try fixture.chat.acceptInvite(code, by: fixture.signUp("carol").principal) } == .notFound)
    #expect(try fixture.chat.invites(to: group, for: fixture.alice.principal, after: 0, limit: 5).isEmpty)
  }

  @Test func `of twenty users who accept an invite for three at once, three join`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Alice's", .group, by: fixture.alice)
    let code = try invite(group, uses: 3, by: fixture.alice, in: fixture)
    let users = try (0..<20).map { try fixture.signUp("guest\($0)") }
    let outcomes = Threads.run(20) { thread in refusal { try fixture.chat.acceptInvite(code, by: users[thread].principal) } }
    #expect(outcomes.filter { $0 == nil }.count == 3)
    #expect(outcomes.compactMap { $0 }.allSatisfy { $0 == .notFound })
    #expect(try fixture.chat.room(group, for: fixture.alice.principal).room.memberCount == 4)
  }

  @Test func `an expired, a revoked and an unknown invite are rejected alike`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock)
    let group = try fixture.room("Alice's", .group, by: fixture.alice)
    let expired = try invite(group, by: fixture.alice, in: fixture)
    clock.advance(seconds: Chat.inviteSecondsStandard)
    let revoked = try invite(group, by: fixture.alice, in: fixture)
    try fixture.chat.revokeInvite(revoked, to: group, by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.revokeInvite(revoked, to: group, by: fixture.alice.principal) } == .notFound)
    for code in [expired, revoked, "0123456789abcdef", "", "a-b"] {
      #expect(refusal { try fixture.chat.acceptInvite(code, by: fixture.bob.principal) } == .notFound)
    }
    try fixture.chat.sweep()
    #expect(try fixture.read { try $0.first("SELECT count(*) FROM invites") { $0.integer(0) } } == 0)
  }

  @Test func `one idempotency key creates one invite, and is rejected for another invite`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Alice's", .group, by: fixture.alice)
    @Sendable func make(uses: Int64?) throws -> (invite: Invite, isNew: Bool) {
      try fixture.chat.invite(to: group, expiresInSeconds: nil, uses: uses, by: fixture.alice.principal, idempotencyKey: "k1")
    }
    let made = Threads.run(8) { _ in try? make(uses: 3) }.compactMap { $0 }
    #expect(made.count == 8 && Set(made.map(\.invite.code)).count == 1 && made.filter(\.isNew).count == 1)
    #expect(refusal { try make(uses: 4) }?.code == .clientIDReused)
  }

  @Test func `invites lapse when their creator loses the moderator role`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Alice's", .group, by: fixture.alice, with: [fixture.mallory])
    #expect(refusal { try invite(group, by: fixture.mallory, in: fixture) }?.code == .forbidden)
    _ = try fixture.chat.putMember(fixture.mallory.id, into: group, role: "moderator", by: fixture.alice.principal)
    let code = try invite(group, by: fixture.mallory, in: fixture)
    _ = try fixture.chat.putMember(fixture.mallory.id, into: group, role: "member", by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.acceptInvite(code, by: fixture.bob.principal) } == .notFound)
    try fixture.chat.removeMember(fixture.mallory.id, from: group, by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.acceptInvite(code, by: fixture.mallory.principal) } == .notFound)
  }

  @Test func `invites have bounds, and direct rooms have no invites`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Alice's", .group, by: fixture.alice)
    func fields(_ seconds: Int64?, _ uses: Int64?) -> [String]? {
      refusal { try fixture.chat.invite(to: group, expiresInSeconds: seconds, uses: uses, by: fixture.alice.principal) }?.fields.map(
        \.field)
    }
    for seconds in [Int64.min, 0, 59, 2_592_001, .max] { #expect(fields(seconds, nil) == ["expires_in"]) }
    for uses in [Int64.min, 0, 10_001, .max] { #expect(fields(nil, uses) == ["uses"]) }
    for _ in 0..<Chat.invitesMax { _ = try invite(group, by: fixture.alice, in: fixture) }
    #expect(refusal { try invite(group, by: fixture.alice, in: fixture) }?.code == .conflict)
    let direct = try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id]), by: fixture.alice.principal, idempotencyKey: nil)
    #expect(refusal { try invite(direct.view.room.id.text, by: fixture.alice, in: fixture) }?.code == .forbidden)
  }
}
