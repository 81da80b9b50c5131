// Creating, editing and listing rooms.
import Chat
import Domain
import Store
import SQL
import TestSupport
import Testing
import Wire

@Suite struct RoomsTests {
  private func direct(_ user: TestUser, with other: TestUser, in fixture: ChatFixture) throws -> CreatedRoom {
    try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [other.id]), by: user.principal, idempotencyKey: nil)
  }

  @Test func `fifty concurrent requests for the same direct room get one room`() throws {
    let fixture = try ChatFixture()
    let opened = Threads.run(50) { thread -> (id: String, isNew: Bool)? in
      let (user, other) = thread % 2 == 0 ? (fixture.alice, fixture.bob) : (fixture.bob, fixture.alice)
      guard let made = try? direct(user, with: other, in: fixture) else { return nil }
      return (made.view.room.id.text, made.isNew)
    }.compactMap { $0 }
    #expect(opened.count == 50)
    #expect(Set(opened.map(\.id)).count == 1)
    #expect(opened.filter(\.isNew).count == 1)
    #expect(try fixture.journal().map(\.kind) == [.memberJoined, .memberJoined, .roomCreated])
  }

  @Test func `a direct room shows each user the other, and opening it again adds a user who has left`() throws {
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

  @Test func `a direct room is with one other user who exists, and takes no third`() throws {
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

  @Test func `a new room has its initial members, whose first event is their own member_joined`() throws {
    let fixture = try ChatFixture()
    let new = NewRoom(kind: "group", name: " Garden ", topic: " roses ", members: [fixture.bob.id, fixture.alice.id, fixture.bob.id])
    let made = try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: nil)
    #expect(made.isNew && made.view.room.name == "Garden" && made.view.room.topic == "roses")
    #expect(made.view.room.memberCount == 2 && made.view.membership?.role == .owner)
    #expect(try fixture.journal().map(\.kind) == [.memberJoined, .memberJoined, .roomCreated])
  }

  @Test func `members are named by id or by username, each once`() throws {
    let fixture = try ChatFixture()
    func members(_ names: [String]) throws -> [String] {
      let new = NewRoom(kind: "group", name: "Garden", topic: nil, members: names)
      let room = try fixture.chat.createRoom(new, by: fixture.alice.principal, idempotencyKey: nil).view.room.id.text
      return try fixture.chat.members(of: room, for: fixture.alice.principal, after: 0, limit: 10).map(\.user.username)
    }
    #expect(try members(["bob"]) == ["alice", "bob"])
    #expect(try members(["@Bob", "MALLORY"]) == ["alice", "bob", "mallory"])
    #expect(try members(["bob", fixture.bob.id, "@bob", "alice", fixture.alice.id]) == ["alice", "bob"])
    let direct = try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: ["bob"]), by: fixture.alice.principal, idempotencyKey: nil)
    #expect(try self.direct(fixture.alice, with: fixture.bob, in: fixture).view.room.id == direct.view.room.id)
    for unknown in ["@" + fixture.bob.id, "@@bob", "bob ", "@", "", "b\u{f6}b", "nobody", String(repeating: "b", count: 10_000)] {
      #expect(refusal { try members([unknown]) }?.fields.map(\.field) == ["members"])
    }
  }

  /// Ids have small letters and digits only, now and then: a username can look like one.
  @Test func `an id comes before a username that looks like it`() throws {
    let fixture = try ChatFixture()
    let bob = fixture.bob.principal.user
    _ = try fixture.chat.commit { transaction in
      try transaction.database.run("UPDATE users SET public_id = 'bobsid7' WHERE id = ?", .integer(bob.rowID.value))
    }
    let impostor = try fixture.signUp("bobsid7")
    func other(_ name: String) throws -> UserRowID? {
      try fixture.chat.createRoom(
        NewRoom(kind: "direct", name: nil, topic: nil, members: [name]), by: fixture.alice.principal, idempotencyKey: nil
      ).view.other?.rowID
    }
    #expect(try other("bobsid7") == bob.rowID)
    #expect(try other("@bobsid7") == impostor.principal.user.rowID)
    #expect(try other("BobsID7") == impostor.principal.user.rowID, "ids are written in one way only")
  }

  @Test func `a rejected room leaves nothing behind`() throws {
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

  @Test func `one idempotency key creates one room, and is rejected for another room`() throws {
    let fixture = try ChatFixture()
    @Sendable func make(_ name: String, by user: TestUser) throws -> CreatedRoom {
      try fixture.chat.createRoom(NewRoom(kind: "group", name: name, topic: nil, members: []), by: user.principal, idempotencyKey: "k1")
    }
    let made = Threads.run(10) { _ in try? make("Garden", by: fixture.alice) }.compactMap { $0 }
    #expect(made.count == 10 && Set(made.map(\.view.room.id)).count == 1 && made.filter(\.isNew).count == 1)
    #expect(refusal { try make("Kitchen", by: fixture.alice) }?.code == .clientIDReused)
    #expect(try make("Kitchen", by: fixture.bob).isNew)
  }

  @Test func `moderators rename a room, members do not, and the change is an event`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    _ = try fixture.chat.putMember(fixture.bob.id, into: lobby, role: "moderator", by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.updateRoom(lobby, name: "Mine", topic: nil, by: fixture.mallory.principal) }?.code == .forbidden)
    let view = try fixture.chat.updateRoom(lobby, name: nil, topic: "news", by: fixture.bob.principal)
    #expect(view.room.name == "Lobby" && view.room.topic == "news")
    let event = try #require(try fixture.journal().last)
    #expect(event.kind == .roomUpdated)
    #expect(try JSONValue(event.data)["topic"] == .string("news"))
    #expect(try JSONValue(event.data)["me"] == nil)
  }

  @Test func `the snapshot has all that a client needs`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    _ = try fixture.room("Mallory's", .public, by: fixture.mallory)
    try fixture.post("hello", in: lobby, by: fixture.bob)
    let snapshot = try fixture.chat.snapshot(for: fixture.alice.principal)
    #expect(snapshot.rooms.map(\.room.id.text) == [lobby])
    #expect(snapshot.users.map(\.username) == ["alice", "bob"])
    #expect(try snapshot.position == fixture.chat.lastPosition())
    #expect(try fixture.chat.publicRooms(for: fixture.alice.principal, after: nil, limit: 10).count == 2)
  }
}
