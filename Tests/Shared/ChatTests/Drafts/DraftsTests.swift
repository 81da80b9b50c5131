// Drafts: the newest one counts, on all devices, and its words leave no trace.
import Chat
import Domain
import SQL
import TestSupport
import Testing
import Wire

@Suite struct DraftsTests {
  private func words(_ fixture: ChatFixture) throws -> [String] {
    try fixture.journal().filter { $0.kind == .draftUpdated }.map { try JSONValue($0.data)["content"]?.text ?? "?" }
  }

  private func own(_ user: TestUser, _ room: String, _ fixture: ChatFixture) throws -> Draft? {
    try fixture.chat.room(room, for: user.principal).draft
  }

  @Test func `the newest draft replaces the one before, for its author alone`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    _ = try fixture.chat.setDraft("Hel", replyTo: nil, in: lobby, by: fixture.alice.principal)
    let json = try JSONValue(fixture.chat.setDraft("Hello", replyTo: 1, in: lobby, by: fixture.alice.principal))
    #expect(json["content"] == .string("Hello") && json["reply_to"] == .integer(1) && json["room_id"] == .string(lobby))
    #expect(try own(fixture.alice, lobby, fixture)?.content == "Hello")
    #expect(try own(fixture.bob, lobby, fixture) == nil)
    #expect(try fixture.chat.snapshot(for: fixture.alice.principal).rooms.first?.draft?.replyTo == 1)
    #expect(try words(fixture) == ["Hello"], "the journal keeps the newest alone")
    let position = try fixture.chat.lastPosition()
    _ = try fixture.chat.setDraft("Hello", replyTo: 1, in: lobby, by: fixture.alice.principal)
    #expect(try fixture.chat.lastPosition() == position, "the same again is no change")
  }

  @Test func `empty text deletes it, and says so once`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    _ = try fixture.chat.setDraft("Hello", replyTo: nil, in: lobby, by: fixture.alice.principal)
    for _ in 1...2 { _ = try fixture.chat.setDraft("", replyTo: 1, in: lobby, by: fixture.alice.principal) }
    #expect(try own(fixture.alice, lobby, fixture) == nil && words(fixture) == [""])
  }

  @Test func `the bounds are those of a message`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    let alice = fixture.alice.principal
    let long = String(repeating: "a", count: 4001)
    for (content, reply, field) in [(long, nil, "content"), ("a", 0, "reply_to"), ("a", 4_294_967_296, "reply_to")]
      as [(String, Int64?, String)]
    {
      let error = refusal { try fixture.chat.setDraft(content, replyTo: reply, in: lobby, by: alice) }
      #expect(error?.fields.first?.field == field)
    }
    let family = String(repeating: "👨‍👩‍👧‍👦", count: 1000)
    _ = try fixture.chat.setDraft(family, replyTo: 4_294_967_295, in: lobby, by: alice)
    #expect(try own(fixture.alice, lobby, fixture)?.content == family)
  }

  @Test func `with the membership, the room or the account, the words go, from the journal too`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    for user in [fixture.alice, fixture.bob, fixture.mallory] {
      _ = try fixture.chat.setDraft("of \(user.principal.user.username)", replyTo: nil, in: lobby, by: user.principal)
    }
    try fixture.chat.leave(lobby, by: fixture.bob.principal)
    #expect(try words(fixture) == ["of alice", "of mallory"])
    try fixture.chat.deleteAccount(password: TestUser.password, by: fixture.mallory.principal)
    #expect(try words(fixture) == ["of alice"])
    try fixture.chat.deleteRoom(lobby, by: fixture.alice.principal)
    #expect(try words(fixture) == [] && fixture.read { try $0.first("SELECT count(*) FROM drafts") { $0.integer(0) } } == 0)
  }
}
