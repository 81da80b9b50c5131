// Coming in by a link.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct InvitesTests {
  private func invite(_ room: String, uses: Int64? = nil, by person: Person, in house: House) throws -> String {
    try house.chat.invite(to: room, expiresInSeconds: nil, uses: uses, by: person.actor).invite.code.text
  }

  @Test func `Bob comes into Alice's group by her link, and coming again uses nothing up`() throws {
    let house = try House()
    let group = try house.room("Alice's", .group, by: house.alice)
    let code = try invite(group, uses: 2, by: house.alice, in: house)
    #expect(refusal { try house.chat.room(group, for: house.bob.actor) } == .notFound)
    let view = try house.chat.acceptInvite(code, by: house.bob.actor)
    #expect(view.room.id.text == group && view.membership?.role == .member)
    let told = try #require(try house.journal().last)
    #expect(try told.kind == .memberJoined && JSONValue(told.data)["reason"] == .string("invited"))
    for person in [house.bob, house.alice] { _ = try house.chat.acceptInvite(code, by: person.actor) }
    #expect(try house.chat.invites(to: group, for: house.alice.actor, after: 0, limit: 5).map(\.usesLeft) == [1])
    _ = try house.chat.acceptInvite(code, by: house.mallory.actor)
    #expect(refusal { try house.chat.acceptInvite(code, by: house.signUp("carol").actor) } == .notFound)
    #expect(try house.chat.invites(to: group, for: house.alice.actor, after: 0, limit: 5).isEmpty)
  }

  @Test func `of twenty who take a link for three at once, three come in`() throws {
    let house = try House()
    let group = try house.room("Alice's", .group, by: house.alice)
    let code = try invite(group, uses: 3, by: house.alice, in: house)
    let crowd = try (0..<20).map { try house.signUp("guest\($0)") }
    let outcomes = Threads.run(20) { thread in refusal { try house.chat.acceptInvite(code, by: crowd[thread].actor) } }
    #expect(outcomes.filter { $0 == nil }.count == 3)
    #expect(outcomes.compactMap { $0 }.allSatisfy { $0 == .notFound })
    #expect(try house.chat.room(group, for: house.alice.actor).room.memberCount == 4)
  }

  @Test func `a link that has expired, was revoked or was never made opens nothing, and all are answered alike`() throws {
    let house = try House()
    let group = try house.room("Alice's", .group, by: house.alice)
    let expired = try invite(group, by: house.alice, in: house)
    try house.chat.commit { try $0.database.run("UPDATE invites SET expires_at = 1") }
    let revoked = try invite(group, by: house.alice, in: house)
    try house.chat.revokeInvite(revoked, to: group, by: house.alice.actor)
    #expect(refusal { try house.chat.revokeInvite(revoked, to: group, by: house.alice.actor) } == .notFound)
    for code in [expired, revoked, "0123456789abcdef", "", "a-b"] {
      #expect(refusal { try house.chat.acceptInvite(code, by: house.bob.actor) } == .notFound)
    }
    try house.chat.sweep()
    #expect(try house.read { try $0.first("SELECT count(*) FROM invites") { $0.integer(0) } } == 0)
  }

  @Test func `the same key makes one link, and another link under it is refused`() throws {
    let house = try House()
    let group = try house.room("Alice's", .group, by: house.alice)
    @Sendable func make(uses: Int64?) throws -> (invite: Invites.Entry, isNew: Bool) {
      try house.chat.invite(to: group, expiresInSeconds: nil, uses: uses, by: house.alice.actor, idempotencyKey: "k1")
    }
    let made = Threads.run(8) { _ in try? make(uses: 3) }.compactMap { $0 }
    #expect(made.count == 8 && Set(made.map(\.invite.code)).count == 1 && made.filter(\.isNew).count == 1)
    #expect(refusal { try make(uses: 4) }?.code == .clientIDReused)
  }

  @Test func `with Mallory's office her links go too`() throws {
    let house = try House()
    let group = try house.room("Alice's", .group, by: house.alice, with: [house.mallory])
    #expect(refusal { try invite(group, by: house.mallory, in: house) }?.code == .forbidden)
    _ = try house.chat.putMember(house.mallory.id, into: group, role: "moderator", by: house.alice.actor)
    let code = try invite(group, by: house.mallory, in: house)
    _ = try house.chat.putMember(house.mallory.id, into: group, role: "member", by: house.alice.actor)
    #expect(refusal { try house.chat.acceptInvite(code, by: house.bob.actor) } == .notFound)
    try house.chat.removeMember(house.mallory.id, from: group, by: house.alice.actor)
    #expect(refusal { try house.chat.acceptInvite(code, by: house.mallory.actor) } == .notFound)
  }

  @Test func `links have bounds, and direct rooms have none`() throws {
    let house = try House()
    let group = try house.room("Alice's", .group, by: house.alice)
    func fields(_ seconds: Int64?, _ uses: Int64?) -> [String]? {
      refusal { try house.chat.invite(to: group, expiresInSeconds: seconds, uses: uses, by: house.alice.actor) }?.fields.map(\.field)
    }
    for seconds in [Int64.min, 0, 59, 2_592_001, .max] { #expect(fields(seconds, nil) == ["expires_in"]) }
    for uses in [Int64.min, 0, 10_001, .max] { #expect(fields(nil, uses) == ["uses"]) }
    for _ in 0..<Chat.invitesMax { _ = try invite(group, by: house.alice, in: house) }
    #expect(refusal { try invite(group, by: house.alice, in: house) }?.code == .conflict)
    let direct = try house.chat.makeRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [house.bob.id]), by: house.alice.actor, idempotencyKey: nil)
    #expect(refusal { try invite(direct.view.room.id.text, by: house.alice, in: house) }?.code == .forbidden)
  }
}
