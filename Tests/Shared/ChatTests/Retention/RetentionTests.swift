// Messages end when they have been kept as long as they are to be, and nothing is left of them.
import Chat
import Configuration
import Domain
import SQL
import Store
import TestSupport
import Testing
import Wire

@Suite struct RetentionTests {
  private static let day: Int64 = 86_400
  private let clock = ManualClock()

  private func fixture(_ retention: Retention = .seconds(30 * day)) throws -> ChatFixture {
    try ChatFixture(clock: clock) { settings in
      settings.retention = retention
      settings.journalKeepSeconds = 3650 * Self.day
    }
  }

  private func texts(_ room: String, _ fixture: ChatFixture) throws -> [String] {
    let page = try fixture.chat.page(of: room, .latest, limit: 100, for: fixture.alice.principal)
    guard case .array(let messages) = try JSONValue(Array("[".utf8) + page.json + Array("]".utf8)) else { return [] }
    return messages.compactMap { if case .string(let text) = $0["content"] { text } else { nil } }
  }

  private func count(_ select: Statement, _ fixture: ChatFixture) throws -> Int64 {
    try fixture.read { try $0.first(select) { $0.integer(0) } ?? -1 }
  }

  @Test func `old messages end, younger ones stay, and members are told where the room begins`() throws {
    let fixture = try fixture()
    let lobby = try fixture.lobby(fixture.bob)
    for number in 1...3 { try fixture.post("old \(number)", in: lobby, by: fixture.alice) }
    clock.advance(seconds: 20 * Self.day)
    try fixture.post("young", in: lobby, by: fixture.alice)
    clock.advance(seconds: 10 * Self.day - 1)
    #expect(try fixture.chat.expireMessages() && texts(lobby, fixture).count == 4)
    clock.advance(seconds: 2)
    #expect(try fixture.chat.expireMessages())
    #expect(try texts(lobby, fixture) == ["young"])
    let events = try fixture.journal().filter { $0.kind == .messagesExpired }
    let data = try JSONValue(try #require(events.first).data)
    #expect(events.count == 1 && data["room_id"] == .string(lobby) && data["first_seq"] == .integer(4))
    let page = try fixture.chat.page(of: lobby, .before(4), limit: 10, for: fixture.alice.principal)
    #expect(page.count == 0 && !page.hasBefore && page.hasAfter)
    let around = try fixture.chat.page(of: lobby, .around(1), limit: 10, for: fixture.alice.principal)
    #expect(around.count == 1 && around.firstSeq == 4 && !around.hasBefore)
    #expect(refusal { try fixture.chat.message(3, in: lobby, for: fixture.alice.principal) } == .notFound)
    #expect(try fixture.post("next", in: lobby, by: fixture.bob).seq == 5)
  }

  @Test func `a room of its own retention keeps longer, or shorter, or for ever`() throws {
    let fixture = try fixture()
    let names = ["default", "week", "year", "forever"]
    let rooms = try names.map { try fixture.room($0, .group, by: fixture.alice) }
    for (retention, room) in zip([nil, Retention.seconds(7 * Self.day), .seconds(365 * Self.day), .forever], rooms) {
      let changed = try fixture.chat.setRetention(retention, of: .id(room), by: .tests)
      #expect(changed.retention == retention)
      try fixture.post("old", in: room, by: fixture.alice)
    }
    func kept(after days: Int64) throws -> [String] {
      clock.advance(seconds: days * Self.day)
      try fixture.chat.expireMessages()
      return try zip(names, rooms).filter { try !texts($1, fixture).isEmpty }.map(\.0)
    }
    #expect(try kept(after: 8) == ["default", "year", "forever"])
    #expect(try kept(after: 23) == ["year", "forever"])
    #expect(try kept(after: 335) == ["forever"])
    let updates = try fixture.journal().filter { $0.kind == .roomUpdated }
    #expect(
      try updates.map { try JSONValue($0.data)["retention_seconds"] } == [.integer(7 * Self.day), .integer(365 * Self.day), .integer(0)])
    #expect(
      refusal { try fixture.chat.setRetention(.seconds(Retention.secondsMax + 1), of: .id(rooms[0]), by: .tests) }?.code == .invalidField)
  }

  @Test func `nothing is left of what hung on the messages, and unread counts and mentions leave them out`() throws {
    let fixture = try fixture()
    let lobby = try fixture.lobby(fixture.bob)
    let principal = fixture.bob.principal
    for number in 1...1100 { try fixture.post("old \(number)", in: lobby, by: fixture.alice) }
    try fixture.post("old @bob", in: lobby, by: fixture.alice)
    for seq in [Int64](1...30) + [1024, 1100] { try fixture.delete(seq, in: lobby, by: fixture.alice) }
    _ = try fixture.chat.commit(try fixture.chat.pinning(50, isPinned: true, in: lobby, session: fixture.alice.principal.session))
    try fixture.chat.saveMessage(51, isSaved: true, in: lobby, by: principal)
    _ = try fixture.chat.report(52, in: lobby, reason: "spam", by: principal)
    try fixture.post("old answer", in: lobby, by: fixture.alice, replyTo: 53)
    try fixture.edit(54, in: lobby, to: "old and edited", by: fixture.alice)
    try fixture.mark(lobby, read: 1102, by: fixture.alice)
    clock.advance(seconds: 29 * Self.day)
    try fixture.post("young @bob", in: lobby, by: fixture.alice)
    try fixture.post("young and deleted", in: lobby, by: fixture.alice)
    try fixture.delete(1104, in: lobby, by: fixture.alice)
    clock.advance(seconds: 2 * Self.day)
    try fixture.chat.expireMessages()
    #expect(try texts(lobby, fixture) == ["young @bob"])
    for table: Statement in [
      "SELECT count(*) FROM messages WHERE id & 0xffffffff < 1103", "SELECT count(*) FROM pinned_messages",
      "SELECT count(*) FROM saved_messages", "SELECT count(*) FROM reports", "SELECT count(*) FROM replies",
      "SELECT count(*) FROM mentions WHERE seq < 1103", "SELECT count(*) FROM deleted_messages WHERE id & 0xffffffff < 1103",
    ] { #expect(try count(table, fixture) == 0) }
    #expect(!(try fixture.journal().contains { String(decoding: $0.data, as: UTF8.self).contains("old ") }))
    let room = try fixture.chat.room(lobby, for: principal).membership
    #expect(room?.unread == 1 && room?.mentions == 1)
    #expect(try fixture.chat.badges(of: principal).map(\.unread) == [1])
    #expect(try fixture.mark(lobby, read: 1050, by: fixture.bob)["unread"] == .integer(1), "a marker among those that ended")
    let told = try #require(try fixture.journal().last { $0.kind == .ownMembership && $0.user == principal.user.rowID })
    #expect(try JSONValue(told.data)["me"]?["mentions"] == .integer(1))
  }

  @Test func `a call that is stopped goes on where it was, and tells each end once`() throws {
    let fixture = try fixture()
    let rooms = try (1...3).map { try fixture.room("Room \($0)", .group, by: fixture.alice) }
    for room in rooms { for number in 1...300 { try fixture.post("old \(number)", in: room, by: fixture.alice) } }
    clock.advance(seconds: 31 * Self.day)
    var calls = 0
    while try !fixture.chat.expireMessages(until: {
      calls += 1; return calls % 3 == 0
    }) { #expect(calls < 1000) }
    #expect(try count("SELECT count(*) FROM messages", fixture) == 0)
    #expect(try fixture.journal().filter { $0.kind == .messagesExpired }.count == 3)
    #expect(calls > 6, "it was stopped")
  }

  @Test func `a clock that was wrong for a while ends nothing that is young`() throws {
    let fixture = try fixture()
    let lobby = try fixture.lobby()
    clock.advance(seconds: 100 * Self.day)
    for number in 1...10 { try fixture.post("today \(number)", in: lobby, by: fixture.alice) }
    clock.advance(seconds: -60 * Self.day)
    for number in 1...10 { try fixture.post("as if long ago \(number)", in: lobby, by: fixture.alice) }
    clock.advance(seconds: 60 * Self.day)
    try fixture.chat.expireMessages()
    #expect(try texts(lobby, fixture).count == 20)
  }
}
