// Editing and deleting messages.
import Chat
import Domain
import Store
import TestSupport
import Testing
import Wire

@Suite struct EditingTests {
  @Test func `Alice edits a message, and the event has the new text`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let before = try #require(Message(json: try fixture.post("helo", in: lobby, by: fixture.alice, clientID: "c1").json))
    #expect(before.editedAt == nil)
    let json = try fixture.edit(1, in: lobby, to: "hello", by: fixture.alice)
    let after = try #require(Message(json: json))
    #expect(after.content == "hello" && after.editedAt != nil)
    #expect(after.seq == before.seq && after.createdAt == before.createdAt && after.clientID == "c1" && !after.deleted)
    #expect(try fixture.chat.message(1, in: lobby, for: fixture.bob.principal) == json)
    let event = try #require(try fixture.journal().last)
    #expect(event.kind == .messageEdited && event.data == json)
  }

  @Test func `an edit that changes nothing appends no event`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    let posted = try fixture.post("hello", in: lobby, by: fixture.alice)
    let before = try fixture.chat.lastPosition()
    #expect(try fixture.edit(1, in: lobby, to: "hello", by: fixture.alice) == posted.json)
    #expect(try fixture.chat.lastPosition() == before)
  }

  @Test func `nobody edits another user's message, not even the owner of the room`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("Bob's", in: lobby, by: fixture.bob)
    #expect(refusal { try fixture.edit(1, in: lobby, to: "Alice's", by: fixture.alice) }?.code == .forbidden)
    #expect(refusal { try fixture.edit(1, in: lobby, to: " ", by: fixture.bob) }?.code == .invalidField)
    for seq in [Int64.min, 0, 2, .max] { #expect(refusal { try fixture.edit(seq, in: lobby, to: "x", by: fixture.bob) } == .notFound) }
  }

  @Test func `the author and moderators delete a message, a member does not`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    for _ in 0..<3 { try fixture.post("Bob's", in: lobby, by: fixture.bob) }
    #expect(refusal { try fixture.delete(1, in: lobby, by: fixture.mallory) }?.code == .forbidden)
    try fixture.delete(1, in: lobby, by: fixture.bob)
    try fixture.delete(2, in: lobby, by: fixture.alice)
    _ = try fixture.chat.putMember(fixture.mallory.id, into: lobby, role: "moderator", by: fixture.alice.principal)
    try fixture.delete(3, in: lobby, by: fixture.mallory)
    let events = try fixture.journal().suffix(1).map { try JSONValue($0.data)["deleted_by"]?.text }
    #expect(events == [fixture.mallory.id])
  }

  @Test func `a deleted message keeps its seq without its text, cannot be edited, and is deleted once`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    for text in ["one", "two", "three"] { try fixture.post(text, in: lobby, by: fixture.alice) }
    let json = try fixture.delete(2, in: lobby, by: fixture.alice)
    let message = try #require(Message(json: json))
    #expect(message.deleted && message.content == nil && message.seq == 2)
    let position = try fixture.chat.lastPosition()
    #expect(try fixture.delete(2, in: lobby, by: fixture.alice) == json)
    #expect(try fixture.chat.lastPosition() == position)
    #expect(refusal { try fixture.edit(2, in: lobby, to: "two", by: fixture.alice) }?.code == .conflict)
    #expect(try fixture.chat.page(of: lobby, .latest, limit: 10, for: fixture.alice.principal).count == 3)
    #expect(try fixture.post("four", in: lobby, by: fixture.alice).seq == 4)
  }

  @Test func `deleting a message removes its text from journal and room, and no other text`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("harmless before", in: lobby, by: fixture.alice)
    try fixture.post("secret one", in: lobby, by: fixture.alice)
    try fixture.edit(2, in: lobby, to: "secret two", by: fixture.alice)
    try fixture.post("harmless after", in: lobby, by: fixture.bob)
    try fixture.edit(1, in: lobby, to: "harmless edited", by: fixture.alice)
    #expect(try texts(fixture).filter { $0.contains("secret") }.count == 2)
    try fixture.delete(2, in: lobby, by: fixture.alice)
    #expect(try texts(fixture).filter { $0.contains("secret") } == [])
    #expect(try texts(fixture).filter { $0.contains("harmless") }.count == 3)
    let page = try fixture.chat.page(of: lobby, .latest, limit: 10, for: fixture.bob.principal)
    #expect(!String(decoding: page.json, as: UTF8.self).contains("secret"))
  }

  @Test func `the room events of a rename do not keep the text of a deleted message`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("secret", in: lobby, by: fixture.alice)
    _ = try fixture.chat.updateRoom(lobby, name: "Renamed", topic: nil, by: fixture.alice.principal)
    try fixture.delete(1, in: lobby, by: fixture.alice)
    #expect(try texts(fixture).filter { $0.contains("secret") } == [])
  }

  private func texts(_ fixture: ChatFixture) throws -> [String] {
    try fixture.journal().map { String(decoding: $0.data, as: UTF8.self) }
  }
}
