// Making rooms.
import Chat
import Domain
import Store
import TestSupport
import Testing
import Wire

@Suite struct RoomsTests {
  private func direct(_ person: TestUser, with other: TestUser, in fixture: ChatFixture) throws -> (view: RoomView, isNew: Bool) {
    try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [other.id]), by: person.principal, idempotencyKey: nil)
  }

  @Test func `fifty who open the same pair at once get one room`() throws {
    let fixture = try ChatFixture()
    let opened = Threads.run(50) { thread -> (id: String, isNew: Bool)? in
      let (person, other) = thread % 2 == 0 ? (fixture.alice, fixture.bob) : (fixture.bob, fixture.alice)
      guard let made = try? direct(person, with: other, in: fixture) else { return nil }
      return (made.view.room.id.text, made.isNew)
    }.compactMap { $0 }
    #expect(opened.count == 50)
    #expect(Set(opened.map(\.id)).count == 1)
    #expect(opened.filter(\.isNew).count == 1)
    #expect(try fixture.journal().map(\.kind) == [.memberJoined, .memberJoined, .roomCreated])
  }

  @Test func `a direct room shows each the other, and who left comes back when it is opened again`() throws {
    let fixture = try ChatFixture()
    let made = try direct(fixture.alice, with: fixture.bob, in: fixture)
    let room = made.view.room.id.text
    #expect(made.view.other?.username == "bob" && made.view.room.name == nil && made.view.room.memberCount == 2)
    #expect(try fixture.chat.room(room, for: fixture.bob.principal).other?.username == "alice")
    try fixture.chat.leave(room, by: fixture.bob.principal)
    #expect(refusal { try fixture.post("x", in: room, by: fixture.bob) } == .notFound)
    let again = try direct(fixture.alice, with: fixture.bob, in: fixture)
    #expect(!again.isNew && again.view.room.id.text == room && again.view.room.memberCount == 2)
    try fixture.post("back", in: room, by: fixture.bob)
  }

  @Test func `a direct room is with one other person who exists, and stays between the two`() throws {
    let fixture = try ChatFixture()
    func make(_ members: [String]) -> ChatError? {
      refusal {
        try fixture.chat.createRoom(
          NewRoom(kind: "direct", name: nil, topic: nil, members: members), by: fixture.alice.principal, idempotencyKey: nil)
      }
    }
    for members in [[], [fixture.bob.id, fixture.mallory.id], [fixture.alice.id], ["nobody"], ["a-b"]] {
      #expect(make(members)?.fields.map(\.field) == ["members"])
    }
    let room = try direct(fixture.alice, with: fixture.bob, in: fixture).view.room.id.text
    #expect(
      refusal { try fixture.chat.putMember(fixture.mallory.id, into: room, role: nil, by: fixture.alice.principal) }?.code == .forbidden)
    #expect(refusal { try fixture.chat.updateRoom(room, name: "Ours", topic: nil, by: fixture.alice.principal) }?.code == .forbidden)
    #expect(refusal { try fixture.chat.removeMember(fixture.bob.id, from: room, by: fixture.alice.principal) }?.code == .forbidden)
  }

  @Test func `a room is made with its first members, who hear of their own coming before anything else`() throws {
    let fixture = try ChatFixture()
    let new = NewRoom(kind: "group", name: " Garden ", topic: " roses ", members: [fixture.bob.id, fixture.alice.id, fixture.bob.id])
    let made = try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: nil)
    #expect(made.isNew && made.view.room.name == "Garden" && made.view.room.topic == "roses")
    #expect(made.view.room.memberCount == 2 && made.view.membership?.role == .owner)
    #expect(try fixture.journal().map(\.kind) == [.memberJoined, .memberJoined, .roomCreated])
  }

  @Test func `a room that cannot be made leaves nothing behind`() throws {
    let fixture = try ChatFixture()
    func make(_ new: NewRoom) -> [String]? {
      refusal { try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: nil) }?.fields.map(\.field)
    }
    #expect(make(NewRoom(kind: "party", name: "x", topic: nil, members: [])) == ["kind"])
    #expect(make(NewRoom(kind: "group", name: nil, topic: nil, members: [])) == ["name"])
    #expect(make(NewRoom(kind: "group", name: " ", topic: nil, members: [])) == ["name"])
    #expect(make(NewRoom(kind: "group", name: "x", topic: String(repeating: "x", count: 251), members: [])) == ["topic"])
    #expect(make(NewRoom(kind: "group", name: "x", topic: nil, members: [fixture.bob.id, "nobody"])) == ["members"])
    #expect(make(NewRoom(kind: "group", name: "x", topic: nil, members: [String](repeating: fixture.bob.id, count: 101))) == ["members"])
    #expect(try fixture.journal().isEmpty)
    #expect(try fixture.chat.rooms(of: fixture.alice.principal, after: nil, limit: 10).isEmpty)
  }

  @Test func `the same key makes one room, and another room under it is refused`() throws {
    let fixture = try ChatFixture()
    @Sendable func make(_ name: String, by person: TestUser) throws -> (view: RoomView, isNew: Bool) {
      try fixture.chat.createRoom(NewRoom(kind: "group", name: name, topic: nil, members: []), by: person.principal, idempotencyKey: "k1")
    }
    let made = Threads.run(10) { _ in try? make("Garden", by: fixture.alice) }.compactMap { $0 }
    #expect(made.count == 10 && Set(made.map(\.view.room.id)).count == 1 && made.filter(\.isNew).count == 1)
    #expect(refusal { try make("Kitchen", by: fixture.alice) }?.code == .clientIDReused)
    #expect(try make("Kitchen", by: fixture.bob).isNew)
  }

  @Test func `moderators rename, members do not, and everyone is told`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    _ = try fixture.chat.putMember(fixture.bob.id, into: lobby, role: "moderator", by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.updateRoom(lobby, name: "Mine", topic: nil, by: fixture.mallory.principal) }?.code == .forbidden)
    let view = try fixture.chat.updateRoom(lobby, name: nil, topic: "news", by: fixture.bob.principal)
    #expect(view.room.name == "Lobby" && view.room.topic == "news")
    let told = try #require(try fixture.journal().last)
    #expect(told.kind == .roomUpdated)
    #expect(try JSONValue(told.data)["topic"] == .string("news"))
    #expect(try JSONValue(told.data)["me"] == nil)
  }

  @Test func `all that a client needs is read in one go`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    _ = try fixture.room("Mallory's", .public, by: fixture.mallory)
    try fixture.post("hello", in: lobby, by: fixture.bob)
    let snapshot = try fixture.chat.snapshot(for: fixture.alice.principal)
    #expect(snapshot.rooms.map(\.room.id.text) == [lobby])
    #expect(snapshot.users.map(\.username) == ["alice", "bob"])
    #expect(try snapshot.cursor == fixture.chat.lastPosition())
    #expect(try fixture.chat.publicRooms(for: fixture.alice.principal, after: nil, limit: 10).count == 2)
  }
}
