// Deleting rooms.
import Chat
import Configuration
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
    let event = try #require(try fixture.journal().last)
    #expect(try event.kind == .roomDeleted && JSONValue(event.data)["room_id"] == .string(lobby))
    for user in [fixture.alice, fixture.bob, fixture.mallory] {
      #expect(refusal { try fixture.chat.room(lobby, for: user.principal) } == .notFound)
      #expect(refusal { try fixture.chat.page(of: lobby, .latest, limit: 5, for: user.principal) } == .notFound)
      #expect(refusal { try fixture.post("x", in: lobby, by: user) } == .notFound)
      #expect(refusal { try fixture.chat.deleteRoom(lobby, by: user.principal) } == .notFound)
      #expect(try fixture.chat.snapshot(for: user.principal).rooms.isEmpty)
    }
    #expect(refusal { try fixture.post("hello", in: lobby, by: fixture.bob, clientID: "c1") } == .notFound)
  }

  @Test func `a deleted room's messages leave the database and the journal in batches, and no other room's do`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let other = try fixture.room("Other", .group, by: fixture.alice)
    for number in 1...1203 { try fixture.post("secret \(number)", in: lobby, by: fixture.alice) }
    try fixture.edit(5, in: lobby, to: "secret five", by: fixture.alice)
    try fixture.post("stays", in: other, by: fixture.alice)
    try fixture.chat.deleteRoom(lobby, by: fixture.alice.principal)
    #expect(try count("messages", fixture) > 1100, "they go later, and cannot be reached meanwhile")
    try fixture.chat.sweep()
    #expect(try count("messages", fixture) == 0 && count("deleted_rooms", fixture) == 0)
    let events = try fixture.journal().map { String(decoding: $0.data, as: UTF8.self) }
    #expect(!events.contains { $0.contains("secret") } && events.contains { $0.contains("stays") })
    #expect(try fixture.chat.page(of: other, .latest, limit: 5, for: fixture.alice.principal).count == 1)
  }

  @Test(arguments: [false, true])
  func `disconnected members get room_deleted on resume, and a user who had left gets their own departure`(swept: Bool) throws {
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
    func visible(_ user: TestUser, since: Int64) throws -> [Int64] {
      let snapshot = try fixture.chat.resume(user.principal.claim, since: since, replayBufferStart: .max)
      #expect(snapshot.resumed)
      return ResumeTests.visible(snapshot, by: user.principal.user.rowID)
    }
    for since in begin...before { #expect(try visible(fixture.bob, since: since) == [end]) }
    #expect(try visible(fixture.bob, since: end) == [])
    for since in begin..<left { #expect(try visible(fixture.mallory, since: since) == [left]) }
    for since in left...end { #expect(try visible(fixture.mallory, since: since) == []) }
  }

  @Test func `the record of a deleted room's members is pruned with the journal`() throws {
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

  @Test func `a direct room cannot be deleted`() throws {
    let fixture = try ChatFixture()
    let direct = try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id]), by: fixture.alice.principal, idempotencyKey: nil)
    #expect(refusal { try fixture.chat.deleteRoom(direct.view.room.id.text, by: fixture.alice.principal) }?.code == .forbidden)
  }
}
