// What was replaced or deleted leaves the journal and the indexes of names.
import Chat
import Configuration
import Domain
import SQL
import TestSupport
import Testing

@Suite struct ErasingTests {
  private let clock = ManualClock()

  private func events(_ fixture: ChatFixture, with text: String) throws -> [EventKind] {
    try fixture.journal().filter { String(decoding: $0.data, as: UTF8.self).contains(text) }.map(\.kind)
  }

  @Test func `the text before an edit stays for clients that resume soon, and then leaves every event`() throws {
    let fixture = try ChatFixture(clock: clock)
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("the first secret", in: lobby, by: fixture.alice)
    try fixture.post("untouched secret", in: lobby, by: fixture.alice)
    try fixture.react("👍", to: 1, in: lobby, by: fixture.bob)
    try fixture.edit(1, in: lobby, to: "the second secret", by: fixture.alice)
    try fixture.edit(1, in: lobby, to: "harmless \"words\"", by: fixture.alice)
    let before = try fixture.journal()
    clock.advance(milliseconds: fixture.chat.settings.erasePeriodMilliseconds - 1)
    try fixture.chat.sweep()
    #expect(try fixture.journal().map(\.data) == before.map(\.data))
    clock.advance(milliseconds: 2)
    try fixture.chat.sweep()
    #expect(try events(fixture, with: "first secret") == [] && events(fixture, with: "second secret") == [])
    #expect(try events(fixture, with: #"harmless \"words\""#) == [.newMessage, .messageEdited, .messageEdited])
    #expect(try events(fixture, with: "untouched secret") == [.newMessage])
    let after = try fixture.journal()
    #expect(after.map(\.position) == before.map(\.position))
    // The event of the message still says what it said beside the text.
    let announced = try #require(after.first { $0.kind == .newMessage })
    #expect(try JSONValue(announced.data)["edited_at"] == .null && JSONValue(announced.data)["seq"] == .integer(1))
    // A later edit of the same message is erased as well.
    try fixture.edit(1, in: lobby, to: "third words", by: fixture.alice)
    clock.advance(milliseconds: fixture.chat.settings.erasePeriodMilliseconds + 1)
    try fixture.chat.sweep()
    #expect(try events(fixture, with: "harmless") == [])
  }

  @Test func `the name and topic of a deleted room leave the event of its deletion`() throws {
    let fixture = try ChatFixture(clock: clock)
    let room = try fixture.room("Hidden garden", .public, by: fixture.alice)
    try fixture.chat.deleteRoom(room, by: fixture.alice.principal)
    try fixture.chat.sweep()
    #expect(try events(fixture, with: "Hidden garden") == [.roomDeleted])
    clock.advance(milliseconds: fixture.chat.settings.erasePeriodMilliseconds + 1)
    try fixture.chat.sweep()
    #expect(try events(fixture, with: "Hidden garden") == [])
    #expect(try events(fixture, with: room).contains(.roomDeleted))
  }

  @Test func `of a name that nobody has any more no piece is left, and others are found still`() throws {
    let fixture = try ChatFixture(clock: clock)
    let principal = fixture.bob.principal
    func hasPiece(_ text: String) throws -> Bool {
      try fixture.read {
        try $0.first("SELECT 1 FROM user_term_pieces_data WHERE instr(block, CAST(? AS BLOB)) > 0", .text(text)) { _ in true } ?? false
      }
    }
    _ = try fixture.chat.updateProfile(displayName: "ქართველი", statusText: nil, by: principal)
    #expect(try hasPiece("ელ"))
    _ = try fixture.chat.updateProfile(displayName: "Robert", statusText: nil, by: principal)
    try fixture.chat.eraseRemovedNames()
    #expect(try !hasPiece("ელ") && !hasPiece("არ"))
    #expect(
      try fixture.read { try $0.all("SELECT term FROM user_terms ORDER BY term") { $0.text(0) } } == ["alice", "bob", "mallory", "robert"])
    // Once more has nothing to do.
    try fixture.chat.eraseRemovedNames()
  }
}
