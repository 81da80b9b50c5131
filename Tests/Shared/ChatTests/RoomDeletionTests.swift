// A room comes to its end.
import Chat
import Domain
import Posix
import Store
import TestSupport
import Testing

@Suite struct RoomDeletionTests {
  private func count(_ table: String, _ house: House) throws -> Int64 {
    try house.read { database in
      switch table {
      case "messages": try database.first("SELECT count(*) FROM messages") { $0.integer(0) } ?? -1
      case "deleted_rooms": try database.first("SELECT count(*) FROM deleted_rooms") { $0.integer(0) } ?? -1
      default: try database.first("SELECT count(*) FROM deleted_room_members") { $0.integer(0) } ?? -1
      }
    }
  }

  @Test func `an owner deletes a room, and it is gone for everyone at once`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    _ = try house.chat.putMember(house.bob.id, into: lobby, role: "moderator", by: house.alice.actor)
    try house.say("hello", in: lobby, by: house.bob, clientID: "c1")
    #expect(refusal { try house.chat.deleteRoom(lobby, by: house.bob.actor) }?.code == .forbidden)
    try house.chat.deleteRoom(lobby, by: house.alice.actor)
    let told = try #require(try house.journal().last)
    #expect(try told.kind == .roomDeleted && JSONValue(told.data)["room_id"] == .string(lobby))
    for person in [house.alice, house.bob, house.mallory] {
      #expect(refusal { try house.chat.room(lobby, for: person.actor) } == .notFound)
      #expect(refusal { try house.chat.page(of: lobby, .latest, limit: 5, for: person.actor) } == .notFound)
      #expect(refusal { try house.say("x", in: lobby, by: person) } == .notFound)
      #expect(refusal { try house.chat.deleteRoom(lobby, by: person.actor) } == .notFound)
      #expect(try house.chat.snapshot(for: person.actor).rooms.isEmpty)
    }
    #expect(refusal { try house.say("hello", in: lobby, by: house.bob, clientID: "c1") } == .notFound)
  }

  @Test func `its words leave the database and the journal in portions, and nobody else's do`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let other = try house.room("Other", .group, by: house.alice)
    for number in 1...1203 { try house.say("secret \(number)", in: lobby, by: house.alice) }
    try house.edit(5, in: lobby, to: "secret five", by: house.alice)
    try house.say("stays", in: other, by: house.alice)
    try house.chat.deleteRoom(lobby, by: house.alice.actor)
    #expect(try count("messages", house) == 1204, "they go later, and cannot be reached meanwhile")
    try house.chat.sweep()
    #expect(try count("messages", house) == 1 && count("deleted_rooms", house) == 0)
    let told = try house.journal().map { String(decoding: $0.data, as: UTF8.self) }
    #expect(!told.contains { $0.contains("secret") } && told.contains { $0.contains("stays") })
    #expect(try house.chat.page(of: other, .latest, limit: 5, for: house.alice.actor).count == 1)
  }

  @Test(arguments: [false, true])
  func `who was away hears of the end, and who had left before hears of her going`(swept: Bool) throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    let begin = try house.chat.lastPosition()
    try house.say("one", in: lobby, by: house.alice)
    try house.chat.leave(lobby, by: house.mallory.actor)
    let left = try house.chat.lastPosition()
    try house.say("two", in: lobby, by: house.alice)
    let before = try house.chat.lastPosition()
    try house.chat.deleteRoom(lobby, by: house.alice.actor)
    let end = try house.chat.lastPosition()
    if swept { try house.chat.sweep() }
    func heard(_ person: Person, since: Int64) throws -> [Int64] {
      let arrival = try house.chat.arrive(session: person.actor.sessionID, since: since, tailStart: .max)
      #expect(arrival.resumed)
      return ArrivalTests.heard(arrival, by: person.actor.user.number)
    }
    for since in begin...before { #expect(try heard(house.bob, since: since) == [end]) }
    #expect(try heard(house.bob, since: end) == [])
    for since in begin..<left { #expect(try heard(house.mallory, since: since) == [left]) }
    for since in left...end { #expect(try heard(house.mallory, since: since) == []) }
  }

  @Test func `what is remembered of members goes with the journal`() throws {
    let house = try House { $0.journalKeepSeconds = 1 }
    let lobby = try house.lobby(house.bob)
    try house.chat.deleteRoom(lobby, by: house.alice.actor)
    try house.chat.sweep()
    #expect(try count("deleted_room_members", house) == 2)
    try house.chat.commit { try $0.database.run("UPDATE journal SET created_at = 1") }
    try house.chat.sweep()
    #expect(try count("deleted_room_members", house) == 0)
  }

  @Test func `a direct room is nobody's to delete`() throws {
    let house = try House()
    let direct = try house.chat.makeRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [house.bob.id]), by: house.alice.actor, idempotencyKey: nil)
    #expect(refusal { try house.chat.deleteRoom(direct.view.room.id.text, by: house.alice.actor) }?.code == .forbidden)
  }
}
