// Joining, leaving, adding and removing members.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct MembershipsTests {
  private func role(_ user: TestUser, in room: String, _ fixture: ChatFixture) throws -> Role? {
    try fixture.chat.room(room, for: user.principal).membership?.role
  }

  private func set(_ user: TestUser, _ role: String?, in room: String, by principal: TestUser, _ fixture: ChatFixture) throws -> Bool {
    try fixture.chat.putMember(user.id, into: room, role: role, by: principal.principal).isNew
  }

  @Test func `when the last owner leaves, the member of the highest role, then the oldest, becomes owner`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    _ = try set(fixture.mallory, "moderator", in: lobby, by: fixture.alice, fixture)
    try fixture.chat.leave(lobby, by: fixture.alice.principal)
    #expect(try role(fixture.mallory, in: lobby, fixture) == .owner)
    #expect(try role(fixture.bob, in: lobby, fixture) == .member)
    let events = try fixture.journal().suffix(2)
    #expect(events.map(\.kind) == [.memberLeft, .memberUpdated])
    #expect(try events.map { try JSONValue($0.data)["reason"]?.text } == ["left", "inherited"])
    try fixture.chat.leave(lobby, by: fixture.mallory.principal)
    #expect(try role(fixture.bob, in: lobby, fixture) == .owner)
    try fixture.chat.leave(lobby, by: fixture.bob.principal)
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.memberCount == 0)
  }

  @Test func `while another owner stays, nobody becomes owner`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    _ = try set(fixture.bob, "owner", in: lobby, by: fixture.alice, fixture)
    try fixture.chat.leave(lobby, by: fixture.alice.principal)
    #expect(try role(fixture.bob, in: lobby, fixture) == .owner && role(fixture.mallory, in: lobby, fixture) == .member)
    #expect(try fixture.journal().last?.kind == .memberLeft)
  }

  @Test func `a user who has left cannot leave again`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.chat.leave(lobby, by: fixture.bob.principal)
    #expect(refusal { try fixture.chat.leave(lobby, by: fixture.bob.principal) }?.code == .forbidden)
    #expect(refusal { try fixture.post("x", in: lobby, by: fixture.bob) }?.code == .forbidden)
  }

  @Test func `moderators add members, owners assign roles, members do neither`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.room("Group", .group, by: fixture.alice, with: [fixture.bob])
    #expect(refusal { try set(fixture.mallory, nil, in: room, by: fixture.bob, fixture) }?.code == .forbidden)
    #expect(try !set(fixture.bob, "moderator", in: room, by: fixture.alice, fixture))
    #expect(refusal { try set(fixture.mallory, "moderator", in: room, by: fixture.bob, fixture) }?.code == .forbidden)
    #expect(try set(fixture.mallory, nil, in: room, by: fixture.bob, fixture))
    #expect(refusal { try set(fixture.mallory, "moderator", in: room, by: fixture.bob, fixture) }?.code == .forbidden)
    #expect(refusal { try set(fixture.alice, "member", in: room, by: fixture.bob, fixture) }?.code == .forbidden)
    #expect(refusal { try set(fixture.mallory, "queen", in: room, by: fixture.alice, fixture) }?.fields.map(\.field) == ["role"])
    #expect(refusal { try fixture.chat.putMember("nobody", into: room, role: nil, by: fixture.alice.principal) } == .notFound)
    let before = try fixture.chat.lastPosition()
    #expect(try !set(fixture.mallory, "member", in: room, by: fixture.bob, fixture))
    #expect(try fixture.chat.lastPosition() == before, "what is so already changes nothing")
    #expect(try set(fixture.signUp("carol"), "owner", in: room, by: fixture.alice, fixture))
  }

  @Test func `a room keeps an owner: the only one cannot step down, one of two can`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.room("Group", .group, by: fixture.alice, with: [fixture.bob])
    let before = try fixture.chat.lastPosition()
    #expect(refusal { try set(fixture.alice, "member", in: room, by: fixture.alice, fixture) }?.code == .conflict)
    #expect(try role(fixture.alice, in: room, fixture) == .owner)
    #expect(try fixture.chat.lastPosition() == before, "a rejected request appends no event")
    _ = try set(fixture.bob, "owner", in: room, by: fixture.alice, fixture)
    #expect(try !set(fixture.alice, "member", in: room, by: fixture.alice, fixture))
    #expect(try role(fixture.alice, in: room, fixture) == .member)
  }

  @Test func `a member removes only members of a lower role, and themselves`() throws {
    let fixture = try ChatFixture()
    let carol = try fixture.signUp("carol")
    let room = try fixture.room("Group", .group, by: fixture.alice, with: [fixture.bob, fixture.mallory, carol])
    _ = try set(fixture.bob, "moderator", in: room, by: fixture.alice, fixture)
    _ = try set(carol, "moderator", in: room, by: fixture.alice, fixture)
    func remove(_ user: TestUser, by principal: TestUser) throws {
      try fixture.chat.removeMember(user.id, from: room, by: principal.principal)
    }
    #expect(refusal { try remove(fixture.bob, by: fixture.mallory) }?.code == .forbidden)
    #expect(refusal { try remove(fixture.alice, by: fixture.bob) }?.code == .forbidden)
    #expect(refusal { try remove(carol, by: fixture.bob) }?.code == .forbidden)
    try remove(fixture.mallory, by: fixture.bob)
    #expect(refusal { try remove(fixture.mallory, by: fixture.bob) } == .notFound)
    try remove(carol, by: fixture.alice)
    try remove(fixture.bob, by: fixture.bob)
    #expect(try fixture.chat.members(of: room, for: fixture.alice.principal, after: 0, limit: 10).map(\.user.username) == ["alice"])
    let reasons = try fixture.journal().filter { $0.kind == .memberLeft }.map { try JSONValue($0.data)["reason"]?.text }
    #expect(reasons == ["removed", "removed", "left"])
  }

  @Test func `concurrent joins and leaves keep the member count right`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    let users = [fixture.bob, fixture.mallory]
    _ = Threads.run(8) { thread in
      for _ in 0..<10 {
        _ = try? fixture.chat.join(lobby, by: users[thread % 2].principal)
        try? fixture.chat.leave(lobby, by: users[thread % 2].principal)
      }
    }
    let members = try fixture.chat.members(of: lobby, for: fixture.alice.principal, after: 0, limit: 10)
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.memberCount == Int64(members.count))
    // Each one's comings and goings alternate in the journal.
    for user in users {
      let kinds = try fixture.journal().filter { $0.user == user.principal.user.rowID }.map(\.kind)
      #expect(zip(kinds, kinds.dropFirst()).allSatisfy { $0 != $1 } && kinds.first == .memberJoined)
    }
  }
}
