// Coming, going, and who may say so.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct MembershipTests {
  private func role(_ person: TestUser, in room: String, _ fixture: ChatFixture) throws -> Role? {
    try fixture.chat.room(room, for: person.principal).membership?.role
  }

  private func set(_ person: TestUser, _ role: String?, in room: String, by principal: TestUser, _ fixture: ChatFixture) throws -> Bool {
    try fixture.chat.putMember(person.id, into: room, role: role, by: principal.principal).isNew
  }

  @Test func `when the last owner leaves, the highest and then the oldest member inherits the room`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    _ = try set(fixture.mallory, "moderator", in: lobby, by: fixture.alice, fixture)
    try fixture.chat.leave(lobby, by: fixture.alice.principal)
    #expect(try role(fixture.mallory, in: lobby, fixture) == .owner)
    #expect(try role(fixture.bob, in: lobby, fixture) == .member)
    let told = try fixture.journal().suffix(2)
    #expect(told.map(\.kind) == [.memberLeft, .memberUpdated])
    #expect(try told.map { try JSONValue($0.data)["reason"]?.text } == ["left", "inherited"])
    try fixture.chat.leave(lobby, by: fixture.mallory.principal)
    #expect(try role(fixture.bob, in: lobby, fixture) == .owner)
    try fixture.chat.leave(lobby, by: fixture.bob.principal)
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.memberCount == 0)
  }

  @Test func `while another owner stays, nobody inherits`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    _ = try set(fixture.bob, "owner", in: lobby, by: fixture.alice, fixture)
    try fixture.chat.leave(lobby, by: fixture.alice.principal)
    #expect(try role(fixture.bob, in: lobby, fixture) == .owner && role(fixture.mallory, in: lobby, fixture) == .member)
    #expect(try fixture.journal().last?.kind == .memberLeft)
  }

  @Test func `who left is out: leaving again is refused`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.chat.leave(lobby, by: fixture.bob.principal)
    #expect(refusal { try fixture.chat.leave(lobby, by: fixture.bob.principal) }?.code == .forbidden)
    #expect(refusal { try fixture.post("x", in: lobby, by: fixture.bob) }?.code == .forbidden)
  }

  @Test func `moderators take people in, owners give roles, members do neither`() throws {
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
    #expect(try fixture.chat.lastPosition() == before, "what was refused is told to nobody")
    _ = try set(fixture.bob, "owner", in: room, by: fixture.alice, fixture)
    #expect(try !set(fixture.alice, "member", in: room, by: fixture.alice, fixture))
    #expect(try role(fixture.alice, in: room, fixture) == .member)
  }

  @Test func `only those of a lower role are removed, and everyone may remove herself`() throws {
    let fixture = try ChatFixture()
    let carol = try fixture.signUp("carol")
    let room = try fixture.room("Group", .group, by: fixture.alice, with: [fixture.bob, fixture.mallory, carol])
    _ = try set(fixture.bob, "moderator", in: room, by: fixture.alice, fixture)
    _ = try set(carol, "moderator", in: room, by: fixture.alice, fixture)
    func remove(_ person: TestUser, by principal: TestUser) throws {
      try fixture.chat.removeMember(person.id, from: room, by: principal.principal)
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

  @Test func `everyone who comes and goes at once is counted right`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    let people = [fixture.bob, fixture.mallory]
    _ = Threads.run(8) { thread in
      for _ in 0..<10 {
        _ = try? fixture.chat.join(lobby, by: people[thread % 2].principal)
        try? fixture.chat.leave(lobby, by: people[thread % 2].principal)
      }
    }
    let members = try fixture.chat.members(of: lobby, for: fixture.alice.principal, after: 0, limit: 10)
    #expect(try fixture.chat.room(lobby, for: fixture.alice.principal).room.memberCount == Int64(members.count))
    // Each one's comings and goings alternate in the journal.
    for person in people {
      let kinds = try fixture.journal().filter { $0.user == person.principal.user.rowID }.map(\.kind)
      #expect(zip(kinds, kinds.dropFirst()).allSatisfy { $0 != $1 } && kinds.first == .memberJoined)
    }
  }
}
