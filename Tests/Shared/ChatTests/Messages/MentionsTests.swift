// Mentions, badges and notification settings.
import Chat
import Domain
import SQL
import Store
import TestSupport
import Testing
import Wire

@Suite struct MentionsTests {
  private static func called(_ json: [UInt8]) throws -> [String] { try #require(Message(json: json)).mentions.map(\.text) }

  private static func mentions(_ user: TestUser, _ room: String, _ fixture: ChatFixture) throws -> Int64? {
    try fixture.chat.room(room, for: user.principal).membership?.mentions
  }

  @Test func `mentioning Bob counts; naming non-members or oneself does not`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let posted = try fixture.post("@Bob, meet @mallory; @alice @nobody @bob", in: lobby, by: fixture.alice)
    #expect(try Self.called(posted.json) == [fixture.bob.id])
    #expect(try Self.mentions(fixture.bob, lobby, fixture) == 1)
    #expect(try Self.mentions(fixture.alice, lobby, fixture) == 0)
  }

  @Test func `a username that ends in a full stop is resolved before the full stop counts as punctuation`() throws {
    let fixture = try ChatFixture()
    let dotted = try fixture.signUp("bob.")
    let lobby = try fixture.lobby(fixture.bob, dotted)
    #expect(try Self.called(fixture.post("Ask @bob.", in: lobby, by: fixture.alice).json) == [dotted.id])
    try fixture.chat.leave(lobby, by: dotted.principal)
    #expect(try Self.called(fixture.post("Ask @bob.", in: lobby, by: fixture.alice).json) == [fixture.bob.id])
  }

  @Test func `reading takes the mentions up to there off the count, on all devices`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for _ in 1...3 { try fixture.post("@bob", in: lobby, by: fixture.alice) }
    let since = try fixture.chat.lastPosition()
    #expect(try fixture.mark(lobby, preview: 3, read: 2, by: fixture.bob)["mentions"]?.number == 1)
    #expect(try Self.mentions(fixture.bob, lobby, fixture) == 1)
    let events = try fixture.journal().filter { $0.position > since }
    #expect(events.map(\.kind) == [.receipt, .ownMembership])
    let me = try JSONValue(try #require(events.last).data)["me"]
    #expect(me?["mentions"]?.number == 1 && me?["unread"]?.number == 1 && me?["read_seq"]?.number == 2)
    try fixture.post("I am here", in: lobby, by: fixture.bob)
    #expect(try Self.mentions(fixture.bob, lobby, fixture) == 0, "to answer is to have read")
    #expect(try fixture.read { try $0.first("SELECT count(*) FROM mentions") { $0.integer(0) } } == 0)
  }

  @Test func `an edit updates mentions: users removed from them lose the count, users added get an event`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    try fixture.post("@bob and @mallory", in: lobby, by: fixture.alice)
    try fixture.mark(lobby, read: 1, by: fixture.mallory)
    let since = try fixture.chat.lastPosition()
    #expect(try Self.called(fixture.edit(1, in: lobby, to: "@mallory alone", by: fixture.alice)) == [fixture.mallory.id])
    #expect(try Self.mentions(fixture.bob, lobby, fixture) == 0 && Self.mentions(fixture.mallory, lobby, fixture) == 0)
    #expect(try Self.called(fixture.edit(1, in: lobby, to: "no, @bob", by: fixture.alice)) == [fixture.bob.id])
    #expect(try Self.mentions(fixture.bob, lobby, fixture) == 1 && Self.mentions(fixture.mallory, lobby, fixture) == 0)
    let bob = fixture.bob.principal.user.rowID
    let events = try fixture.journal().filter { $0.position > since }
    #expect(events.map(\.kind) == [.messageEdited, .messageEdited, .ownMembership], "only the newest own membership event is kept")
    #expect(events.last?.user == bob)
    try fixture.delete(1, in: lobby, by: fixture.alice)
    #expect(try Self.mentions(fixture.bob, lobby, fixture) == 0)
    #expect(try Self.called(fixture.chat.message(1, in: lobby, for: fixture.bob.principal)) == [])
  }

  @Test func `a blocked user cannot mention the blocker, the blocker can mention the blocked user`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    #expect(try Self.called(fixture.post("@bob", in: lobby, by: fixture.mallory).json) == [fixture.bob.id])
    try fixture.chat.block(fixture.mallory.id, by: fixture.bob.principal)
    #expect(try Self.called(fixture.post("@bob", in: lobby, by: fixture.mallory).json) == [])
    #expect(try Self.called(fixture.edit(2, in: lobby, to: "@bob!", by: fixture.mallory)) == [])
    #expect(try Self.called(fixture.post("@mallory", in: lobby, by: fixture.bob).json) == [fixture.mallory.id])
  }

  @Test func `a user who leaves and joins again has no mentions`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("@bob", in: lobby, by: fixture.alice)
    try fixture.chat.leave(lobby, by: fixture.bob.principal)
    _ = try fixture.chat.join(lobby, by: fixture.bob.principal)
    #expect(try Self.mentions(fixture.bob, lobby, fixture) == 0)
    try fixture.edit(1, in: lobby, to: "@bob again", by: fixture.alice)
    try fixture.delete(1, in: lobby, by: fixture.alice)
    #expect(try Self.mentions(fixture.bob, lobby, fixture) == 0)
  }

  @Test func `after any posts, edits, deletions and reads, the count is that of unread messages with a mention`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    var random = SplitMix(seed: 5)
    for _ in 0..<150 {
      let text = random.pick(["hello", "@bob", "@bob @alice", "@alice"])
      let seq = random.int64(1...30)
      switch random.int(0...9) {
      case 0...4: try fixture.post(text, in: lobby, by: random.pick([fixture.alice, fixture.alice, fixture.bob]))
      case 5...6: _ = try? fixture.edit(seq, in: lobby, to: "\(text) \(random.int(0...9))", by: fixture.alice)
      case 7: _ = try? fixture.delete(seq, in: lobby, by: fixture.alice)
      default: try fixture.mark(lobby, read: seq, by: fixture.bob)
      }
      let view = try fixture.chat.room(lobby, for: fixture.bob.principal)
      let me = try #require(view.membership)
      let unread = try (me.markers.readSeq..<view.room.lastSeq).map {
        try fixture.chat.message($0 + 1, in: lobby, for: fixture.bob.principal)
      }
      #expect(try me.mentions == Int64(unread.filter { try Self.called($0).contains(fixture.bob.id) }.count))
    }
  }

  // MARK: Badges

  private static func badges(_ user: TestUser, _ fixture: ChatFixture) throws -> [String] {
    try fixture.chat.badges(of: user.principal).map { "\($0.unread) \($0.mentions)" }
  }

  @Test func `badges have the rooms with unread messages, by their notification level`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let club = try fixture.room("Club", .group, by: fixture.alice, with: [fixture.bob])
    #expect(try Self.badges(fixture.bob, fixture) == [])
    for _ in 1...2 { try fixture.post("hello", in: lobby, by: fixture.alice) }
    try fixture.post("@bob", in: club, by: fixture.alice)
    #expect(try Self.badges(fixture.bob, fixture).sorted() == ["1 1", "2 0"])
    func set(_ room: String, _ level: String?, _ mute: NotificationSettingsUpdate.Mute? = nil) throws {
      _ = try fixture.chat.updateNotificationSettings(
        try NotificationSettingsUpdate(level: level, mute: mute), in: room, by: fixture.bob.principal)
    }
    try set(lobby, "mentions")
    #expect(try Self.badges(fixture.bob, fixture) == ["1 1"])
    try fixture.post("@bob!", in: lobby, by: fixture.alice)
    #expect(try Self.badges(fixture.bob, fixture).sorted() == ["1 1", "3 1"])
    try set(lobby, "none")
    #expect(try Self.badges(fixture.bob, fixture) == ["1 1"])
    try set(club, nil, .until(Timestamp(milliseconds: .max)))
    #expect(try Self.badges(fixture.bob, fixture) == [])
    try set(club, nil, .until(Timestamp(milliseconds: 1)))
    #expect(try Self.badges(fixture.bob, fixture) == ["1 1"], "the mute is over")
    try set(club, "none", .never)
    try set(club, "all")
    #expect(try Self.badges(fixture.bob, fixture) == ["1 1"])
    try fixture.mark(club, read: 1, by: fixture.bob)
    #expect(try Self.badges(fixture.bob, fixture) == [] && Self.badges(fixture.alice, fixture) == [])
  }

  @Test func `notification settings go to the own devices, and only when they change`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let since = try fixture.chat.lastPosition()
    let level = try NotificationSettingsUpdate(level: "mentions", mute: .until(Timestamp(milliseconds: 5)))
    for _ in 1...2 { _ = try fixture.chat.updateNotificationSettings(level, in: lobby, by: fixture.bob.principal) }
    let events = try fixture.journal().filter { $0.position > since }
    #expect(events.map(\.kind) == [.ownMembership] && events.first?.user == fixture.bob.principal.user.rowID)
    let data = try JSONValue(try #require(events.first).data)
    #expect(data["reason"]?.text == "notify" && data["me"]?["notify"]?.text == "mentions")
    #expect(data["me"]?["muted_until"]?.text == "1970-01-01T00:00:00.005Z" && data["user"]?["user_id"]?.text == fixture.bob.id)
    #expect(refusal { try fixture.chat.updateNotificationSettings(level, in: lobby, by: fixture.mallory.principal) }?.code == .forbidden)
    #expect(refusal { try NotificationSettingsUpdate(level: "loud", mute: nil) }?.fields.map(\.field) == ["level"])
    #expect(refusal { try NotificationSettingsUpdate(level: nil, mute: nil) }?.fields.map(\.field) == ["level"])
  }
}
