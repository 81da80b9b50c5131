// Reactions.
import Chat
import Domain
import Store
import TestSupport
import Testing
import Wire

@Suite struct ReactionsTests {
  @Test func `Bob reacts: one event, and the message has the reaction`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    let json = try fixture.react("👍", to: 1, in: lobby, by: fixture.bob)
    #expect(try JSONValue(json)["reactions"] == .object(["👍": .array([.string(fixture.bob.id)])]))
    #expect(try fixture.chat.message(1, in: lobby, for: fixture.alice.principal) == json)
    let event = try #require(try fixture.journal().last)
    #expect(event.kind == .reactionAdded)
    let data = JSONValue.object([
      "room_id": .string(lobby), "seq": .integer(1), "emoji": .string("👍"), "user_id": .string(fixture.bob.id),
    ])
    #expect(try JSONValue(event.data) == data)
    #expect(try fixture.react("👍", to: 1, in: lobby, by: fixture.bob) == json)
    #expect(try fixture.chat.lastPosition() == event.position)

    let without = try fixture.unreact("👍", to: 1, in: lobby, by: fixture.bob)
    #expect(try JSONValue(without)["reactions"] == .object([:]))
    #expect(try fixture.journal().last?.kind == .reactionRemoved)
    #expect(try fixture.unreact("👍", to: 1, in: lobby, by: fixture.bob) == without)
    #expect(try fixture.journal().filter { $0.kind == .reactionRemoved }.count == 1)
  }

  @Test func `two spellings of one emoji are one reaction, to the event`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    for (spelled, other) in [("1\u{fe0f}\u{20e3}", "1\u{20e3}"), ("👍", "👍\u{fe0f}"), ("🏳\u{fe0f}\u{200d}🌈", "🏳\u{200d}🌈")] {
      try fixture.react(other, to: 1, in: lobby, by: fixture.bob)
      let both = try fixture.react(spelled, to: 1, in: lobby, by: fixture.alice)
      #expect(try JSONValue(both)["reactions"] == .object([spelled: .array([.string(fixture.bob.id), .string(fixture.alice.id)])]))
      #expect(try fixture.react(spelled, to: 1, in: lobby, by: fixture.bob) == both)
      try fixture.unreact(spelled, to: 1, in: lobby, by: fixture.bob)
      #expect(try JSONValue(fixture.unreact(other, to: 1, in: lobby, by: fixture.alice))["reactions"] == .object([:]))
      let events = try fixture.journal().suffix(4)
      #expect(events.map(\.kind) == [.reactionAdded, .reactionAdded, .reactionRemoved, .reactionRemoved])
      #expect(try events.allSatisfy { try JSONValue($0.data)["emoji"]?.text?.utf8.elementsEqual(spelled.utf8) == true })
    }
  }

  @Test func `reactions survive an edit and not the deletion of the message`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("helo", in: lobby, by: fixture.alice)
    try fixture.react("❤️", to: 1, in: lobby, by: fixture.bob)
    let edited = try fixture.edit(1, in: lobby, to: "hello", by: fixture.alice)
    #expect(try JSONValue(edited)["reactions"] == .object(["❤️": .array([.string(fixture.bob.id)])]))
    #expect(try Message(json: fixture.react("❤️", to: 1, in: lobby, by: fixture.alice))?.editedAt == Message(json: edited)?.editedAt)
    #expect(try JSONValue(fixture.delete(1, in: lobby, by: fixture.alice))["reactions"] == .object([:]))
    #expect(refusal { try fixture.react("👍", to: 1, in: lobby, by: fixture.bob) }?.code == .conflict)
    #expect(refusal { try fixture.unreact("❤️", to: 1, in: lobby, by: fixture.bob) }?.code == .conflict)
  }

  @Test func `only members react, only to existing messages, only with emoji`() throws {
    let fixture = try ChatFixture()
    let back = try fixture.room("Back room", .group, by: fixture.alice)
    try fixture.post("hello", in: back, by: fixture.alice)
    #expect(refusal { try fixture.react("👍", to: 1, in: back, by: fixture.mallory) } == .notFound)
    #expect(refusal { try fixture.react("👍", to: 2, in: back, by: fixture.alice) } == .notFound)
    #expect(refusal { try fixture.react("👍", to: 0, in: "nowhere", by: fixture.alice) } == .notFound)
    #expect(refusal { try fixture.react("thumbs up", to: 1, in: back, by: fixture.alice) }?.fields.map(\.field) == ["emoji"])
  }

  @Test func `thirty concurrent reactions are all stored`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    try fixture.post("hello", in: lobby, by: fixture.alice)
    let crowd = try (0..<30).map { try fixture.signUp("user\($0)") }
    for user in crowd { _ = try fixture.chat.join(lobby, by: user.principal) }
    _ = Threads.run(30) { thread in
      _ = try? fixture.react(thread % 2 == 0 ? "👍" : "🎉", to: 1, in: lobby, by: crowd[thread])
    }
    let reactions = try #require(Message(json: try fixture.chat.message(1, in: lobby, for: fixture.alice.principal))).reactions
    #expect(reactions.count == 30 && reactions.byEmoji.map(\.users.count) == [15, 15])
    #expect(try fixture.journal().filter { $0.kind == .reactionAdded }.count == 30)
  }
}
