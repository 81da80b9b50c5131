// Calling people by name, and what their bell shows.
import Chat
import Domain
import Store
import TestSupport
import Testing
import Wire

@Suite struct MentionsTests {
  private static func called(_ json: [UInt8]) throws -> [String] { try #require(Message(json: json)).mentions.map(\.text) }

  private static func mentions(_ person: Person, _ room: String, _ house: House) throws -> Int64? {
    try house.chat.room(room, for: person.actor).membership?.mentions
  }

  @Test func `Alice calls Bob, who is counted; strangers, and she herself, are only words`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let posted = try house.say("@Bob, meet @mallory; @alice @nobody @bob", in: lobby, by: house.alice)
    #expect(try Self.called(posted.json) == [house.bob.id])
    #expect(try Self.mentions(house.bob, lobby, house) == 1)
    #expect(try Self.mentions(house.alice, lobby, house) == 0)
  }

  @Test func `a name that ends in a full stop is found before the sentence's end is taken off`() throws {
    let house = try House()
    let dotted = try house.signUp("bob.")
    let lobby = try house.lobby(house.bob, dotted)
    #expect(try Self.called(house.say("Ask @bob.", in: lobby, by: house.alice).json) == [dotted.id])
    try house.chat.leave(lobby, by: dotted.actor)
    #expect(try Self.called(house.say("Ask @bob.", in: lobby, by: house.alice).json) == [house.bob.id])
  }

  @Test func `reading takes the mentions up to there off the count, on all devices`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    for _ in 1...3 { try house.say("@bob", in: lobby, by: house.alice) }
    let since = try house.chat.lastPosition()
    #expect(try house.mark(lobby, preview: 3, read: 2, by: house.bob)["mentions"]?.number == 1)
    #expect(try Self.mentions(house.bob, lobby, house) == 1)
    let told = try house.journal().filter { $0.position > since }
    #expect(told.map(\.kind) == [.receipt, .ownMembership])
    let me = try JSONValue(try #require(told.last).data)["me"]
    #expect(me?["mentions"]?.number == 1 && me?["unread"]?.number == 1 && me?["read_seq"]?.number == 2)
    try house.say("I am here", in: lobby, by: house.bob)
    #expect(try Self.mentions(house.bob, lobby, house) == 0, "to answer is to have read")
    #expect(try house.read { try $0.first("SELECT count(*) FROM mentions") { $0.integer(0) } } == 0)
  }

  @Test func `an edit calls anew: who is not called any more is counted no more, who is called now is told`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    try house.say("@bob and @mallory", in: lobby, by: house.alice)
    try house.mark(lobby, read: 1, by: house.mallory)
    let since = try house.chat.lastPosition()
    #expect(try Self.called(house.edit(1, in: lobby, to: "@mallory alone", by: house.alice)) == [house.mallory.id])
    #expect(try Self.mentions(house.bob, lobby, house) == 0 && Self.mentions(house.mallory, lobby, house) == 0)
    #expect(try Self.called(house.edit(1, in: lobby, to: "no, @bob", by: house.alice)) == [house.bob.id])
    #expect(try Self.mentions(house.bob, lobby, house) == 1 && Self.mentions(house.mallory, lobby, house) == 0)
    let bob = house.bob.actor.user.number
    let told = try house.journal().filter { $0.position > since }
    #expect(told.map(\.kind) == [.messageEdited, .messageEdited, .ownMembership], "only the newest of his own is kept")
    #expect(told.last?.user == bob)
    try house.delete(1, in: lobby, by: house.alice)
    #expect(try Self.mentions(house.bob, lobby, house) == 0)
    #expect(try Self.called(house.chat.message(1, in: lobby, for: house.bob.actor)) == [])
  }

  @Test func `whom Bob has blocked cannot call him, whom has blocked Bob can`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    #expect(try Self.called(house.say("@bob", in: lobby, by: house.mallory).json) == [house.bob.id])
    try house.chat.block(house.mallory.id, by: house.bob.actor)
    #expect(try Self.called(house.say("@bob", in: lobby, by: house.mallory).json) == [])
    #expect(try Self.called(house.edit(2, in: lobby, to: "@bob!", by: house.mallory)) == [])
    #expect(try Self.called(house.say("@mallory", in: lobby, by: house.bob).json) == [house.mallory.id])
  }

  @Test func `who leaves and comes back begins without mentions`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    try house.say("@bob", in: lobby, by: house.alice)
    try house.chat.leave(lobby, by: house.bob.actor)
    _ = try house.chat.join(lobby, by: house.bob.actor)
    #expect(try Self.mentions(house.bob, lobby, house) == 0)
    try house.edit(1, in: lobby, to: "@bob again", by: house.alice)
    try house.delete(1, in: lobby, by: house.alice)
    #expect(try Self.mentions(house.bob, lobby, house) == 0)
  }

  @Test func `whatever is said, edited, deleted and read, the count is that of the unread messages that call her`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    var random = SplitMix(seed: 5)
    for _ in 0..<150 {
      let text = random.pick(["hello", "@bob", "@bob @alice", "@alice"])
      let seq = random.int64(1...30)
      switch random.int(0...9) {
      case 0...4: try house.say(text, in: lobby, by: random.pick([house.alice, house.alice, house.bob]))
      case 5...6: _ = try? house.edit(seq, in: lobby, to: "\(text) \(random.int(0...9))", by: house.alice)
      case 7: _ = try? house.delete(seq, in: lobby, by: house.alice)
      default: try house.mark(lobby, read: seq, by: house.bob)
      }
      let view = try house.chat.room(lobby, for: house.bob.actor)
      let me = try #require(view.membership)
      let unread = try (me.marks.readSeq..<view.room.lastSeq).map { try house.chat.message($0 + 1, in: lobby, for: house.bob.actor) }
      #expect(try me.mentions == Int64(unread.filter { try Self.called($0).contains(house.bob.id) }.count))
    }
  }

  // MARK: The bell

  private static func bell(_ person: Person, _ house: House) throws -> [String] {
    try house.chat.badges(of: person.actor).map { "\($0.unread) \($0.mentions)" }
  }

  @Test func `the bell shows the rooms that have something new, as loudly as they are wanted`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let club = try house.room("Club", .group, by: house.alice, with: [house.bob])
    #expect(try Self.bell(house.bob, house) == [])
    for _ in 1...2 { try house.say("hello", in: lobby, by: house.alice) }
    try house.say("@bob", in: club, by: house.alice)
    #expect(try Self.bell(house.bob, house).sorted() == ["1 1", "2 0"])
    func set(_ room: String, _ level: String?, _ mute: NotifyWish.Mute? = nil) throws {
      _ = try house.chat.setNotify(try NotifyWish(level: level, mute: mute), in: room, by: house.bob.actor)
    }
    try set(lobby, "mentions")
    #expect(try Self.bell(house.bob, house) == ["1 1"])
    try house.say("@bob!", in: lobby, by: house.alice)
    #expect(try Self.bell(house.bob, house).sorted() == ["1 1", "3 1"])
    try set(lobby, "none")
    #expect(try Self.bell(house.bob, house) == ["1 1"])
    try set(club, nil, .until(Timestamp(milliseconds: .max)))
    #expect(try Self.bell(house.bob, house) == [])
    try set(club, nil, .until(Timestamp(milliseconds: 1)))
    #expect(try Self.bell(house.bob, house) == ["1 1"], "the mute is over")
    try set(club, "none", .never)
    try set(club, "all")
    #expect(try Self.bell(house.bob, house) == ["1 1"])
    try house.mark(club, read: 1, by: house.bob)
    #expect(try Self.bell(house.bob, house) == [] && Self.bell(house.alice, house) == [])
  }

  @Test func `how loud a room is, is told to one's own devices, and only when it changes`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let since = try house.chat.lastPosition()
    let level = try NotifyWish(level: "mentions", mute: .until(Timestamp(milliseconds: 5)))
    for _ in 1...2 { _ = try house.chat.setNotify(level, in: lobby, by: house.bob.actor) }
    let told = try house.journal().filter { $0.position > since }
    #expect(told.map(\.kind) == [.ownMembership] && told.first?.user == house.bob.actor.user.number)
    let data = try JSONValue(try #require(told.first).data)
    #expect(data["reason"]?.text == "notify" && data["me"]?["notify"]?.text == "mentions")
    #expect(data["me"]?["muted_until"]?.text == "1970-01-01T00:00:00.005Z" && data["user"]?["user_id"]?.text == house.bob.id)
    #expect(refusal { try house.chat.setNotify(level, in: lobby, by: house.mallory.actor) }?.code == .forbidden)
    #expect(refusal { try NotifyWish(level: "loud", mute: nil) }?.fields.map(\.field) == ["level"])
    #expect(refusal { try NotifyWish(level: nil, mute: nil) }?.fields.map(\.field) == ["level"])
  }
}
