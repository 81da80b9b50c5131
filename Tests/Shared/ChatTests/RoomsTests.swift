// Making rooms.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct RoomsTests {
  private func direct(_ person: Person, with other: Person, in house: House) throws -> (view: Rooms.View, isNew: Bool) {
    try house.chat.makeRoom(NewRoom(kind: "direct", name: nil, topic: nil, members: [other.id]), by: person.actor, idempotencyKey: nil)
  }

  @Test func `fifty who open the same pair at once get one room`() throws {
    let house = try House()
    let opened = Threads.run(50) { thread -> (id: String, isNew: Bool)? in
      let (person, other) = thread % 2 == 0 ? (house.alice, house.bob) : (house.bob, house.alice)
      guard let made = try? direct(person, with: other, in: house) else { return nil }
      return (made.view.room.id.text, made.isNew)
    }.compactMap { $0 }
    #expect(opened.count == 50)
    #expect(Set(opened.map(\.id)).count == 1)
    #expect(opened.filter(\.isNew).count == 1)
    #expect(try house.journal().map(\.kind) == [.memberJoined, .memberJoined, .roomCreated])
  }

  @Test func `a direct room shows each the other, and who left comes back when it is opened again`() throws {
    let house = try House()
    let made = try direct(house.alice, with: house.bob, in: house)
    let room = made.view.room.id.text
    #expect(made.view.other?.username == "bob" && made.view.room.name == nil && made.view.room.memberCount == 2)
    #expect(try house.chat.room(room, for: house.bob.actor).other?.username == "alice")
    try house.chat.leave(room, by: house.bob.actor)
    #expect(refusal { try house.say("x", in: room, by: house.bob) } == .notFound)
    let again = try direct(house.alice, with: house.bob, in: house)
    #expect(!again.isNew && again.view.room.id.text == room && again.view.room.memberCount == 2)
    try house.say("back", in: room, by: house.bob)
  }

  @Test func `a direct room is with one other person who exists, and stays between the two`() throws {
    let house = try House()
    func make(_ members: [String]) -> Refusal? {
      refusal {
        try house.chat.makeRoom(
          NewRoom(kind: "direct", name: nil, topic: nil, members: members), by: house.alice.actor, idempotencyKey: nil)
      }
    }
    for members in [[], [house.bob.id, house.mallory.id], [house.alice.id], ["nobody"], ["a-b"]] {
      #expect(make(members)?.fields.map(\.field) == ["members"])
    }
    let room = try direct(house.alice, with: house.bob, in: house).view.room.id.text
    #expect(refusal { try house.chat.putMember(house.mallory.id, into: room, role: nil, by: house.alice.actor) }?.code == .forbidden)
    #expect(refusal { try house.chat.updateRoom(room, name: "Ours", topic: nil, by: house.alice.actor) }?.code == .forbidden)
    #expect(refusal { try house.chat.removeMember(house.bob.id, from: room, by: house.alice.actor) }?.code == .forbidden)
  }

  @Test func `a room is made with its first members, who hear of their own coming before anything else`() throws {
    let house = try House()
    let new = NewRoom(kind: "group", name: " Garden ", topic: " roses ", members: [house.bob.id, house.alice.id, house.bob.id])
    let made = try house.chat.makeRoom(new, by: house.alice.actor, idempotencyKey: nil)
    #expect(made.isNew && made.view.room.name == "Garden" && made.view.room.topic == "roses")
    #expect(made.view.room.memberCount == 2 && made.view.membership?.role == .owner)
    #expect(try house.journal().map(\.kind) == [.memberJoined, .memberJoined, .roomCreated])
  }

  @Test func `a room that cannot be made leaves nothing behind`() throws {
    let house = try House()
    func make(_ new: NewRoom) -> [String]? {
      refusal { try house.chat.makeRoom(new, by: house.alice.actor, idempotencyKey: nil) }?.fields.map(\.field)
    }
    #expect(make(NewRoom(kind: "party", name: "x", topic: nil, members: [])) == ["kind"])
    #expect(make(NewRoom(kind: "group", name: nil, topic: nil, members: [])) == ["name"])
    #expect(make(NewRoom(kind: "group", name: " ", topic: nil, members: [])) == ["name"])
    #expect(make(NewRoom(kind: "group", name: "x", topic: String(repeating: "x", count: 251), members: [])) == ["topic"])
    #expect(make(NewRoom(kind: "group", name: "x", topic: nil, members: [house.bob.id, "nobody"])) == ["members"])
    #expect(make(NewRoom(kind: "group", name: "x", topic: nil, members: [String](repeating: house.bob.id, count: 101))) == ["members"])
    #expect(try house.journal().isEmpty)
    #expect(try house.chat.rooms(of: house.alice.actor, after: nil, limit: 10).isEmpty)
  }

  @Test func `the same key makes one room, and another room under it is refused`() throws {
    let house = try House()
    @Sendable func make(_ name: String, by person: Person) throws -> (view: Rooms.View, isNew: Bool) {
      try house.chat.makeRoom(NewRoom(kind: "group", name: name, topic: nil, members: []), by: person.actor, idempotencyKey: "k1")
    }
    let made = Threads.run(10) { _ in try? make("Garden", by: house.alice) }.compactMap { $0 }
    #expect(made.count == 10 && Set(made.map(\.view.room.id)).count == 1 && made.filter(\.isNew).count == 1)
    #expect(refusal { try make("Kitchen", by: house.alice) }?.code == .clientIDReused)
    #expect(try make("Kitchen", by: house.bob).isNew)
  }

  @Test func `moderators rename, members do not, and everyone is told`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    _ = try house.chat.putMember(house.bob.id, into: lobby, role: "moderator", by: house.alice.actor)
    #expect(refusal { try house.chat.updateRoom(lobby, name: "Mine", topic: nil, by: house.mallory.actor) }?.code == .forbidden)
    let view = try house.chat.updateRoom(lobby, name: nil, topic: "news", by: house.bob.actor)
    #expect(view.room.name == "Lobby" && view.room.topic == "news")
    let told = try #require(try house.journal().last)
    #expect(told.kind == .roomUpdated)
    #expect(try JSONValue(told.data)["topic"] == .string("news"))
    #expect(try JSONValue(told.data)["me"] == nil)
  }

  @Test func `all that a client needs is read in one go`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    _ = try house.room("Mallory's", .public, by: house.mallory)
    try house.say("hello", in: lobby, by: house.bob)
    let snapshot = try house.chat.snapshot(for: house.alice.actor)
    #expect(snapshot.rooms.map(\.room.id.text) == [lobby])
    #expect(snapshot.users.map(\.username) == ["alice", "bob"])
    #expect(try snapshot.cursor == house.chat.lastPosition())
    #expect(try house.chat.publicRooms(for: house.alice.actor, after: nil, limit: 10).count == 2)
  }
}
