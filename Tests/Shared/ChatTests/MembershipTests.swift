// Coming, going, and who may say so.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct MembershipTests {
  private func role(_ person: Person, in room: String, _ house: House) throws -> Role? {
    try house.chat.room(room, for: person.actor).membership?.role
  }

  private func set(_ person: Person, _ role: String?, in room: String, by actor: Person, _ house: House) throws -> Bool {
    try house.chat.putMember(person.id, into: room, role: role, by: actor.actor).isNew
  }

  @Test func `when the last owner leaves, the highest and then the oldest member inherits the room`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    _ = try set(house.mallory, "moderator", in: lobby, by: house.alice, house)
    try house.chat.leave(lobby, by: house.alice.actor)
    #expect(try role(house.mallory, in: lobby, house) == .owner)
    #expect(try role(house.bob, in: lobby, house) == .member)
    let told = try house.journal().suffix(2)
    #expect(told.map(\.kind) == [.memberLeft, .memberUpdated])
    #expect(try told.map { try JSONValue($0.data)["reason"]?.text } == ["left", "inherited"])
    try house.chat.leave(lobby, by: house.mallory.actor)
    #expect(try role(house.bob, in: lobby, house) == .owner)
    try house.chat.leave(lobby, by: house.bob.actor)
    #expect(try house.chat.room(lobby, for: house.alice.actor).room.memberCount == 0)
  }

  @Test func `while another owner stays, nobody inherits`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    _ = try set(house.bob, "owner", in: lobby, by: house.alice, house)
    try house.chat.leave(lobby, by: house.alice.actor)
    #expect(try role(house.bob, in: lobby, house) == .owner && role(house.mallory, in: lobby, house) == .member)
    #expect(try house.journal().last?.kind == .memberLeft)
  }

  @Test func `who left is out: leaving again is refused`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    try house.chat.leave(lobby, by: house.bob.actor)
    #expect(refusal { try house.chat.leave(lobby, by: house.bob.actor) }?.code == .forbidden)
    #expect(refusal { try house.say("x", in: lobby, by: house.bob) }?.code == .forbidden)
  }

  @Test func `moderators take people in, owners give roles, members do neither`() throws {
    let house = try House()
    let room = try house.room("Group", .group, by: house.alice, with: [house.bob])
    #expect(refusal { try set(house.mallory, nil, in: room, by: house.bob, house) }?.code == .forbidden)
    #expect(try !set(house.bob, "moderator", in: room, by: house.alice, house))
    #expect(refusal { try set(house.mallory, "moderator", in: room, by: house.bob, house) }?.code == .forbidden)
    #expect(try set(house.mallory, nil, in: room, by: house.bob, house))
    #expect(refusal { try set(house.mallory, "moderator", in: room, by: house.bob, house) }?.code == .forbidden)
    #expect(refusal { try set(house.alice, "member", in: room, by: house.bob, house) }?.code == .forbidden)
    #expect(refusal { try set(house.mallory, "queen", in: room, by: house.alice, house) }?.fields.map(\.field) == ["role"])
    #expect(refusal { try house.chat.putMember("nobody", into: room, role: nil, by: house.alice.actor) } == .notFound)
    let before = try house.chat.lastPosition()
    #expect(try !set(house.mallory, "member", in: room, by: house.bob, house))
    #expect(try house.chat.lastPosition() == before, "what is so already changes nothing")
    #expect(try set(house.signUp("carol"), "owner", in: room, by: house.alice, house))
  }

  @Test func `a room keeps an owner: the only one cannot step down, one of two can`() throws {
    let house = try House()
    let room = try house.room("Group", .group, by: house.alice, with: [house.bob])
    let before = try house.chat.lastPosition()
    #expect(refusal { try set(house.alice, "member", in: room, by: house.alice, house) }?.code == .conflict)
    #expect(try role(house.alice, in: room, house) == .owner)
    #expect(try house.chat.lastPosition() == before, "what was refused is told to nobody")
    _ = try set(house.bob, "owner", in: room, by: house.alice, house)
    #expect(try !set(house.alice, "member", in: room, by: house.alice, house))
    #expect(try role(house.alice, in: room, house) == .member)
  }

  @Test func `only those of a lower role are removed, and everyone may remove herself`() throws {
    let house = try House()
    let carol = try house.signUp("carol")
    let room = try house.room("Group", .group, by: house.alice, with: [house.bob, house.mallory, carol])
    _ = try set(house.bob, "moderator", in: room, by: house.alice, house)
    _ = try set(carol, "moderator", in: room, by: house.alice, house)
    func remove(_ person: Person, by actor: Person) throws { try house.chat.removeMember(person.id, from: room, by: actor.actor) }
    #expect(refusal { try remove(house.bob, by: house.mallory) }?.code == .forbidden)
    #expect(refusal { try remove(house.alice, by: house.bob) }?.code == .forbidden)
    #expect(refusal { try remove(carol, by: house.bob) }?.code == .forbidden)
    try remove(house.mallory, by: house.bob)
    #expect(refusal { try remove(house.mallory, by: house.bob) } == .notFound)
    try remove(carol, by: house.alice)
    try remove(house.bob, by: house.bob)
    #expect(try house.chat.members(of: room, for: house.alice.actor, after: 0, limit: 10).map(\.user.username) == ["alice"])
    let reasons = try house.journal().filter { $0.kind == .memberLeft }.map { try JSONValue($0.data)["reason"]?.text }
    #expect(reasons == ["removed", "removed", "left"])
  }

  @Test func `everyone who comes and goes at once is counted right`() throws {
    let house = try House()
    let lobby = try house.lobby()
    let people = [house.bob, house.mallory]
    _ = Threads.run(8) { thread in
      for _ in 0..<10 {
        _ = try? house.chat.join(lobby, by: people[thread % 2].actor)
        try? house.chat.leave(lobby, by: people[thread % 2].actor)
      }
    }
    let members = try house.chat.members(of: lobby, for: house.alice.actor, after: 0, limit: 10)
    #expect(try house.chat.room(lobby, for: house.alice.actor).room.memberCount == Int64(members.count))
    // Each one's comings and goings alternate in the journal.
    for person in people {
      let kinds = try house.journal().filter { $0.user == person.actor.user.number }.map(\.kind)
      #expect(zip(kinds, kinds.dropFirst()).allSatisfy { $0 != $1 } && kinds.first == .memberJoined)
    }
  }
}
