// Saying something without words.
import Chat
import Domain
import Store
import TestSupport
import Testing
import Wire

@Suite struct ReactingTests {
  @Test func `Bob reacts, everyone is told once, and the message bears it`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    try house.say("hello", in: lobby, by: house.alice)
    let json = try house.react("👍", to: 1, in: lobby, by: house.bob)
    #expect(try JSONValue(json)["reactions"] == .object(["👍": .array([.string(house.bob.id)])]))
    #expect(try house.chat.message(1, in: lobby, for: house.alice.actor) == json)
    let told = try #require(try house.journal().last)
    #expect(told.kind == .reactionAdded)
    let data = JSONValue.object([
      "room_id": .string(lobby), "seq": .integer(1), "emoji": .string("👍"), "user_id": .string(house.bob.id),
    ])
    #expect(try JSONValue(told.data) == data)
    #expect(try house.react("👍", to: 1, in: lobby, by: house.bob) == json)
    #expect(try house.chat.lastPosition() == told.position)

    let without = try house.unreact("👍", to: 1, in: lobby, by: house.bob)
    #expect(try JSONValue(without)["reactions"] == .object([:]))
    #expect(try house.journal().last?.kind == .reactionRemoved)
    #expect(try house.unreact("👍", to: 1, in: lobby, by: house.bob) == without)
    #expect(try house.journal().filter { $0.kind == .reactionRemoved }.count == 1)
  }

  @Test func `reactions outlive an edit and do not outlive the message`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    try house.say("helo", in: lobby, by: house.alice)
    try house.react("❤️", to: 1, in: lobby, by: house.bob)
    let edited = try house.edit(1, in: lobby, to: "hello", by: house.alice)
    #expect(try JSONValue(edited)["reactions"] == .object(["❤️": .array([.string(house.bob.id)])]))
    #expect(try Message(json: house.react("❤️", to: 1, in: lobby, by: house.alice))?.editedAt == Message(json: edited)?.editedAt)
    #expect(try JSONValue(house.delete(1, in: lobby, by: house.alice))["reactions"] == .object([:]))
    #expect(refusal { try house.react("👍", to: 1, in: lobby, by: house.bob) }?.code == .conflict)
    #expect(refusal { try house.unreact("❤️", to: 1, in: lobby, by: house.bob) }?.code == .conflict)
  }

  @Test func `only members react, only to what is there, only with emoji`() throws {
    let house = try House()
    let back = try house.room("Back room", .group, by: house.alice)
    try house.say("hello", in: back, by: house.alice)
    #expect(refusal { try house.react("👍", to: 1, in: back, by: house.mallory) } == .notFound)
    #expect(refusal { try house.react("👍", to: 2, in: back, by: house.alice) } == .notFound)
    #expect(refusal { try house.react("👍", to: 0, in: "nowhere", by: house.alice) } == .notFound)
    #expect(refusal { try house.react("thumbs up", to: 1, in: back, by: house.alice) }?.fields.map(\.field) == ["emoji"])
  }

  @Test func `thirty people who react at once are all there`() throws {
    let house = try House()
    let lobby = try house.lobby()
    try house.say("hello", in: lobby, by: house.alice)
    let crowd = try (0..<30).map { try house.signUp("user\($0)") }
    for person in crowd { _ = try house.chat.join(lobby, by: person.actor) }
    _ = Threads.run(30) { thread in
      _ = try? house.react(thread % 2 == 0 ? "👍" : "🎉", to: 1, in: lobby, by: crowd[thread])
    }
    let reactions = try #require(Message(json: try house.chat.message(1, in: lobby, for: house.alice.actor))).reactions
    #expect(reactions.count == 30 && reactions.byEmoji.map(\.users.count) == [15, 15])
    #expect(try house.journal().filter { $0.kind == .reactionAdded }.count == 30)
  }
}
