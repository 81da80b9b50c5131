// Messages that are pinned, saved or replied to.
import Chat
import Domain
import SQL
import TestSupport
import Testing
import Wire

@Suite struct KeptMessagesTests {
  private func pin(_ seq: Int64, _ room: String, isPinned: Bool = true, by user: TestUser, _ fixture: ChatFixture) throws {
    _ = try fixture.chat.commit(try fixture.chat.pinning(seq, isPinned: isPinned, in: room, session: user.principal.session))
  }

  private func seqs(_ messages: [[UInt8]]) throws -> [Int64] {
    try messages.map { if case .integer(let seq) = try JSONValue($0)["seq"] { seq } else { 0 } }
  }

  private func pinned(_ room: String, for user: TestUser, _ fixture: ChatFixture) throws -> [Int64] {
    try seqs(fixture.chat.pinnedMessages(in: room, for: user.principal).map(\.json))
  }

  private func saved(_ user: TestUser, _ fixture: ChatFixture, before cursor: Int64? = nil, limit: Int = 50) throws -> [Int64] {
    try seqs(fixture.chat.savedMessages(of: user.principal, before: cursor, limit: limit).map(\.json))
  }

  // MARK: Pinned

  @Test func `a moderator pins, the room is told once, the last one pinned comes first`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock)
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...3 { try fixture.post("\(number)", in: lobby, by: fixture.bob) }
    for seq in [2, 1, 2] as [Int64] {
      try pin(seq, lobby, by: fixture.alice, fixture)
      clock.advance(milliseconds: 1)
    }
    #expect(try pinned(lobby, for: fixture.bob, fixture) == [1, 2])
    let events = try fixture.journal().filter { $0.kind == .messagePinned }
    #expect(events.count == 2)
    let data = JSONValue.object(["room_id": .string(lobby), "seq": .integer(2), "user_id": .string(fixture.alice.id)])
    #expect(try JSONValue(events[0].data) == data)
    for _ in 1...2 { try pin(2, lobby, isPinned: false, by: fixture.alice, fixture) }
    #expect(try pinned(lobby, for: fixture.alice, fixture) == [1])
    #expect(try fixture.journal().filter { $0.kind == .messageUnpinned }.count == 1)
  }

  @Test func `members may not pin in a group, both may in a direct room, and nobody outside sees the list`() throws {
    let fixture = try ChatFixture()
    let group = try fixture.room("Group", .group, by: fixture.alice, with: [fixture.bob])
    try fixture.post("hello", in: group, by: fixture.bob)
    #expect(refusal { try pin(1, group, by: fixture.bob, fixture) }?.code == .forbidden)
    #expect(refusal { try pin(1, group, by: fixture.mallory, fixture) }?.code == .notFound)
    #expect(refusal { try pin(2, group, by: fixture.alice, fixture) }?.code == .notFound)
    #expect(refusal { try pinned(group, for: fixture.mallory, fixture) }?.code == .notFound)
    let direct = try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id]), by: fixture.alice.principal, idempotencyKey: nil
    ).view.room.id.text
    try fixture.post("hello", in: direct, by: fixture.bob)
    try pin(1, direct, by: fixture.bob, fixture)
    #expect(try pinned(direct, for: fixture.alice, fixture) == [1])
  }

  @Test func `at most a hundred`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby()
    for number in 1...101 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    for seq in 1...100 { try pin(Int64(seq), lobby, by: fixture.alice, fixture) }
    #expect(refusal { try pin(101, lobby, by: fixture.alice, fixture) }?.code == .conflict)
    try pin(50, lobby, isPinned: false, by: fixture.alice, fixture)
    try pin(101, lobby, by: fixture.alice, fixture)
    #expect(try pinned(lobby, for: fixture.alice, fixture).count == 100)
  }

  // MARK: Saved

  @Test func `saved messages are the user's alone, in pages, the last one saved first`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...4 { try fixture.post("\(number)", in: lobby, by: fixture.alice) }
    for seq in [3, 1, 4, 3] as [Int64] { try fixture.chat.saveMessage(seq, isSaved: true, in: lobby, by: fixture.bob.principal) }
    #expect(try saved(fixture.bob, fixture) == [4, 1, 3] && saved(fixture.alice, fixture) == [])
    let first = try fixture.chat.savedMessages(of: fixture.bob.principal, before: nil, limit: 2)
    #expect(try saved(fixture.bob, fixture, before: first.last?.number) == [3])
    try fixture.chat.saveMessage(4, isSaved: false, in: lobby, by: fixture.bob.principal)
    try fixture.chat.saveMessage(4, isSaved: false, in: lobby, by: fixture.bob.principal)
    try fixture.chat.saveMessage(4, isSaved: true, in: lobby, by: fixture.bob.principal)
    #expect(try saved(fixture.bob, fixture) == [4, 1, 3])
    let events = try fixture.journal().filter { $0.kind == .messageSaved || $0.kind == .messageUnsaved }
    #expect(events.map(\.kind) == [.messageSaved, .messageSaved, .messageSaved, .messageUnsaved, .messageSaved])
    #expect(events.allSatisfy { $0.user == fixture.bob.principal.user.rowID })
    let places = try fixture.chat.accountExport(of: fixture.bob.principal).saved
    #expect(places.map(\.seq) == [3, 1, 4] && places.allSatisfy { $0.roomID.text == lobby })
  }

  @Test func `who has left a room does not read what they saved there, and reads it again on coming back`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    try fixture.chat.saveMessage(1, isSaved: true, in: lobby, by: fixture.bob.principal)
    try fixture.chat.leave(lobby, by: fixture.bob.principal)
    #expect(try saved(fixture.bob, fixture) == [])
    #expect(
      refusal { try fixture.chat.saveMessage(1, isSaved: true, in: lobby, by: fixture.bob.principal) }?.code == .forbidden)
    _ = try fixture.chat.join(lobby, by: fixture.bob.principal)
    #expect(try saved(fixture.bob, fixture) == [1])
  }

  @Test func `what is deleted is neither pinned nor saved, and cannot be`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    try fixture.post("hello", in: lobby, by: fixture.alice)
    try pin(1, lobby, by: fixture.alice, fixture)
    try fixture.chat.saveMessage(1, isSaved: true, in: lobby, by: fixture.bob.principal)
    try fixture.delete(1, in: lobby, by: fixture.alice)
    #expect(try pinned(lobby, for: fixture.bob, fixture) == [] && saved(fixture.bob, fixture) == [])
    #expect(refusal { try pin(1, lobby, by: fixture.alice, fixture) }?.code == .conflict)
    #expect(
      refusal { try fixture.chat.saveMessage(1, isSaved: true, in: lobby, by: fixture.bob.principal) }?.code == .conflict)
  }

  // MARK: Replies

  @Test func `replies are listed in their order, deleted ones as such`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let parents: [Int64?] = [nil, 1, nil, 1, 2, 1]
    for parent in parents { try fixture.post("x", in: lobby, by: fixture.bob, replyTo: parent) }
    try fixture.delete(4, in: lobby, by: fixture.bob)
    func replies(_ seq: Int64, after cursor: Int64 = 0, limit: Int = 50) throws -> [Int64] {
      try seqs(fixture.chat.replies(to: seq, in: lobby, for: fixture.alice.principal, after: cursor, limit: limit).map(\.json))
    }
    #expect(try replies(1) == [2, 4, 6] && replies(2) == [5] && replies(3) == [])
    #expect(try replies(1, limit: 2) == [2, 4] && replies(1, after: 4) == [6] && replies(1, after: .max) == [])
    #expect(refusal { try replies(7) }?.code == .notFound)
    #expect(
      refusal { try fixture.chat.replies(to: 1, in: lobby, for: fixture.mallory.principal, after: 0, limit: 5) }?.code == .forbidden)
  }

  @Test func `with the room all of it goes`() throws {
    let fixture = try ChatFixture()
    let (lobby, other) = (try fixture.lobby(), try fixture.room("Other", .group, by: fixture.alice))
    for room in [lobby, other] {
      try fixture.post("hello", in: room, by: fixture.alice)
      try fixture.post("hello", in: room, by: fixture.alice, replyTo: 1)
      try pin(1, room, by: fixture.alice, fixture)
      try fixture.chat.saveMessage(1, isSaved: true, in: room, by: fixture.alice.principal)
    }
    try fixture.chat.deleteRoom(lobby, by: fixture.alice.principal)
    try fixture.chat.sweep()
    let left = try fixture.read { database in
      try database.all(
        "SELECT count(*) FROM pinned_messages UNION ALL SELECT count(*) FROM saved_messages UNION ALL SELECT count(*) FROM replies"
      ) { $0.integer(0) }
    }
    #expect(left == [1, 1, 1])
  }
}
