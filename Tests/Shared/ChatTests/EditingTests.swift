// Changing and taking back what was said.
import Chat
import Domain
import Store
import TestSupport
import Testing
import Wire

@Suite struct EditingTests {
  @Test func `Alice edits her own words, and everyone is told the new ones`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let before = try #require(Message(json: try house.say("helo", in: lobby, by: house.alice, clientID: "c1").json))
    #expect(before.editedAt == nil)
    let json = try house.edit(1, in: lobby, to: "hello", by: house.alice)
    let after = try #require(Message(json: json))
    #expect(after.content == "hello" && after.editedAt != nil)
    #expect(after.seq == before.seq && after.createdAt == before.createdAt && after.clientID == "c1" && !after.deleted)
    #expect(try house.chat.message(1, in: lobby, for: house.bob.actor) == json)
    let told = try #require(try house.journal().last)
    #expect(told.kind == .messageEdited && told.data == json)
  }

  @Test func `an edit that changes nothing tells nobody`() throws {
    let house = try House()
    let lobby = try house.lobby()
    let posted = try house.say("hello", in: lobby, by: house.alice)
    let before = try house.chat.lastPosition()
    #expect(try house.edit(1, in: lobby, to: "hello", by: house.alice) == posted.json)
    #expect(try house.chat.lastPosition() == before)
  }

  @Test func `nobody edits somebody else's words, not even the owner of the room`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    try house.say("Bob's", in: lobby, by: house.bob)
    #expect(refusal { try house.edit(1, in: lobby, to: "Alice's", by: house.alice) }?.code == .forbidden)
    #expect(refusal { try house.edit(1, in: lobby, to: " ", by: house.bob) }?.code == .invalidField)
    for seq in [Int64.min, 0, 2, .max] { #expect(refusal { try house.edit(seq, in: lobby, to: "x", by: house.bob) } == .notFound) }
  }

  @Test func `an author and a moderator delete, a member does not`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    for _ in 0..<3 { try house.say("Bob's", in: lobby, by: house.bob) }
    #expect(refusal { try house.delete(1, in: lobby, by: house.mallory) }?.code == .forbidden)
    try house.delete(1, in: lobby, by: house.bob)
    try house.delete(2, in: lobby, by: house.alice)
    _ = try house.chat.putMember(house.mallory.id, into: lobby, role: "moderator", by: house.alice.actor)
    try house.delete(3, in: lobby, by: house.mallory)
    let told = try house.journal().suffix(1).map { try JSONValue($0.data)["deleted_by"]?.text }
    #expect(told == [house.mallory.id])
  }

  @Test func `a deleted message keeps its place without its words, cannot be edited, and is deleted once`() throws {
    let house = try House()
    let lobby = try house.lobby()
    for text in ["one", "two", "three"] { try house.say(text, in: lobby, by: house.alice) }
    let json = try house.delete(2, in: lobby, by: house.alice)
    let message = try #require(Message(json: json))
    #expect(message.deleted && message.content == nil && message.seq == 2)
    let position = try house.chat.lastPosition()
    #expect(try house.delete(2, in: lobby, by: house.alice) == json)
    #expect(try house.chat.lastPosition() == position)
    #expect(refusal { try house.edit(2, in: lobby, to: "two", by: house.alice) }?.code == .conflict)
    #expect(try house.chat.page(of: lobby, .latest, limit: 10, for: house.alice.actor).count == 3)
    #expect(try house.say("four", in: lobby, by: house.alice).seq == 4)
  }

  @Test func `once a message is deleted, none of its words are left in the journal or the room, and all other words are`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    try house.say("harmless before", in: lobby, by: house.alice)
    try house.say("secret one", in: lobby, by: house.alice)
    try house.edit(2, in: lobby, to: "secret two", by: house.alice)
    try house.say("harmless after", in: lobby, by: house.bob)
    try house.edit(1, in: lobby, to: "harmless edited", by: house.alice)
    #expect(try words(house).filter { $0.contains("secret") }.count == 2)
    try house.delete(2, in: lobby, by: house.alice)
    #expect(try words(house).filter { $0.contains("secret") } == [])
    #expect(try words(house).filter { $0.contains("harmless") }.count == 3)
    let page = try house.chat.page(of: lobby, .latest, limit: 10, for: house.bob.actor)
    #expect(!String(decoding: page.json, as: UTF8.self).contains("secret"))
  }

  @Test func `a room that was renamed while the words stood in it does not keep them either`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    try house.say("secret", in: lobby, by: house.alice)
    _ = try house.chat.updateRoom(lobby, name: "Renamed", topic: nil, by: house.alice.actor)
    try house.delete(1, in: lobby, by: house.alice)
    #expect(try words(house).filter { $0.contains("secret") } == [])
  }

  private func words(_ house: House) throws -> [String] {
    try house.journal().map { String(decoding: $0.data, as: UTF8.self) }
  }
}
