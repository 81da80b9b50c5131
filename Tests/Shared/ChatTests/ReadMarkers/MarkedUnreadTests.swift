// Marking a room as unread: beside the read markers, until the member reads on.
import Chat
import Domain
import TestSupport
import Testing
import Wire

@Suite struct MarkedUnreadTests {
  private func flag(_ user: TestUser, _ room: String, _ fixture: ChatFixture) throws -> Int64? {
    try fixture.chat.room(room, for: user.principal).membership?.markedUnreadSeq
  }

  @Test func `the flag leaves the markers, is told to the own devices alone, and can be taken back`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...3 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    try fixture.mark(lobby, read: 3, by: fixture.bob)
    let me = try JSONValue(fixture.chat.markUnread(from: 2, in: lobby, by: fixture.bob.principal))
    #expect(me["marked_unread_seq"] == .integer(2) && me["read_seq"] == .integer(3) && me["unread"] == .integer(0))
    let event = try #require(try fixture.journal().last)
    #expect(event.kind == .ownMembership && event.user == fixture.bob.principal.user.rowID)
    #expect(try JSONValue(event.data)["me"]?["marked_unread_seq"] == .integer(2))
    #expect(try flag(fixture.alice, lobby, fixture) == nil)
    _ = try fixture.chat.markUnread(from: nil, in: lobby, by: fixture.bob.principal)
    #expect(try flag(fixture.bob, lobby, fixture) == nil)
    let position = try fixture.chat.lastPosition()
    _ = try fixture.chat.markUnread(from: nil, in: lobby, by: fixture.bob.principal)
    #expect(try fixture.chat.lastPosition() == position)
  }

  @Test func `reading on ends it, reading again what was read does not`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...2 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    try fixture.mark(lobby, read: 2, by: fixture.bob)
    _ = try fixture.chat.markUnread(from: 1, in: lobby, by: fixture.bob.principal)
    try fixture.mark(lobby, read: 2, by: fixture.bob)
    try fixture.post("3", in: lobby, by: fixture.alice)
    try fixture.mark(lobby, delivered: 3, by: fixture.bob)
    #expect(try flag(fixture.bob, lobby, fixture) == 1)
    let me = try fixture.mark(lobby, read: 3, by: fixture.bob)
    #expect(me["marked_unread_seq"] == .null)
    #expect(try flag(fixture.bob, lobby, fixture) == nil)
    _ = try fixture.chat.markUnread(from: 3, in: lobby, by: fixture.bob.principal)
    try fixture.post("4", in: lobby, by: fixture.bob)
    #expect(try flag(fixture.bob, lobby, fixture) == nil, "who posts has read")
  }

  @Test(arguments: [0, 3, -1, Int64.max, .min])
  func `only a message of the room can be named`(seq: Int64) throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...2 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    #expect(refusal(of: { try fixture.chat.markUnread(from: seq, in: lobby, by: fixture.bob.principal) })?.fields.first?.field == "seq")
    let empty = try fixture.room("Empty", .group, by: fixture.bob)
    #expect(refusal(of: { try fixture.chat.markUnread(from: 1, in: empty, by: fixture.bob.principal) })?.code == .invalidField)
  }
}
