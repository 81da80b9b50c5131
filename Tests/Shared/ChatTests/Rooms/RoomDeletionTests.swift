// A room comes to its end.
import Chat
import Domain
import Posix
import SQL
import Store
import TestSupport
import Testing
import Wire

@Suite struct RoomDeletionTests {
  private func count(_ table: String, _ fixture: ChatFixture) throws -> Int64 {
    try fixture.read { database in
      switch table {
      case "messages": try database.first("SELECT count(*) FROM messages") { $0.integer(0) } ?? -1
      case "deleted_rooms": try database.first("SELECT count(*) FROM deleted_rooms") { $0.integer(0) } ?? -1
      default: try database.first("SELECT count(*) FROM deleted_room_members") { $0.integer(0) } ?? -1
      }
    }
  }

  @Test func `an owner deletes a room, and it is gone for everyone at once`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    _ = try fixture.chat.putMember(fixture.bob.id, into: lobby, role: "moderator", by: fixture.alice.principal)
    try fixture.post("hello", in: lobby, by: fixture.bob, clientID: "c1")
    #expect(refusal { try fixture.chat.deleteRoom(lobby, by: fixture.bob.principal) }?.code == .forbidden)
    try fixture.chat.deleteRoom(lobby, by: fixture.alice.principal)
    let told = try #require(try fixture.journal().last)
    #expect(try told.kind == .roomDeleted && JSONValue(told.data)["room_id"] == .string(lobby))
    for person in [fixture.alice, fixture.bob, fixture.mallory] {
      #expect(refusal { try fixture.chat.room(lobby, for: person.principal) } == .notFound)
      #expect(refusal { try fixture.chat.page(of: lobby, .latest, limit: 5, for: person.principal) } == .notFound)
      #expect(refusal { try fixture.post("x", in: lobby, by: person) } == .notFound)
      #expect(refusal { try fixture.chat.deleteRoom(lobby, by: person.principal) } == .notFound)
      #expect(try fixture.chat.snapshot(for: person.principal).rooms.isEmpty)
    }
    #expect(refusal { try fixture.post("hello", in: lobby, by: fixture.bob, clientID: "c1") } == .notFound)
  }

  @Test func `its words leave the database and the journal in portions, and nobody else's do`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let other = try fixture.room("Other", .group, by: fixture.alice)
    for number in 1...1203 { try fixture.post("secret \(number)", in: lobby, by: fixture.alice) }
    try fixture.edit(5, in: lobby, to: "secret five", by: fixture.alice)
    try fixture.post("stays", in: other, by: fixture.alice)
    try fixture.chat.deleteRoom(lobby, by: fixture.alice.principal)
    #expect(try count("messages", fixture) == 1204, "they go later, and cannot be reached meanwhile")
    try fixture.chat.sweep()
    #expect(try count("messages", fixture) == 1 && count("deleted_rooms", fixture) == 0)
    let told = try fixture.journal().map { String(decoding: $0.data, as: UTF8.self) }
    #expect(!told.contains { $0.contains("secret") } && told.contains { $0.contains("stays") })
    #expect(try fixture.chat.page(of: other, .latest, limit: 5, for: fixture.alice.principal).count == 1)
  }

  @Test(arguments: [false, true])
  func `who was away hears of the end, and who had left before hears of her going`(swept: Bool) throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    let begin = try fixture.chat.lastPosition()
    try fixture.post("one", in: lobby, by: fixture.alice)
    try fixture.chat.leave(lobby, by: fixture.mallory.principal)
    let left = try fixture.chat.lastPosition()
    try fixture.post("two", in: lobby, by: fixture.alice)
    let before = try fixture.chat.lastPosition()
    try fixture.chat.deleteRoom(lobby, by: fixture.alice.principal)
    let end = try fixture.chat.lastPosition()
    if swept { try fixture.chat.sweep() }
    func heard(_ person: TestUser, since: Int64) throws -> [Int64] {
      let arrival = try fixture.chat.resume(session: person.principal.sessionID, since: since, replayBufferStart: .max)
      #expect(arrival.resumed)
      return ResumeTests.heard(arrival, by: person.principal.user.rowID)
    }
    for since in begin...before { #expect(try heard(fixture.bob, since: since) == [end]) }
    #expect(try heard(fixture.bob, since: end) == [])
    for since in begin..<left { #expect(try heard(fixture.mallory, since: since) == [left]) }
    for since in left...end { #expect(try heard(fixture.mallory, since: since) == []) }
  }

  @Test func `what is remembered of members goes with the journal`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock) { $0.journalKeepSeconds = 1 }
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.chat.deleteRoom(lobby, by: fixture.alice.principal)
    try fixture.chat.sweep()
    #expect(try count("deleted_room_members", fixture) == 2)
    clock.advance(seconds: 2)
    try fixture.chat.sweep()
    #expect(try count("deleted_room_members", fixture) == 0)
  }

  @Test func `a direct room is nobody's to delete`() throws {
    let fixture = try ChatFixture()
    let direct = try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id]), by: fixture.alice.principal, idempotencyKey: nil)
    #expect(refusal { try fixture.chat.deleteRoom(direct.view.room.id.text, by: fixture.alice.principal) }?.code == .forbidden)
  }
}
