// The log of all events, against a plain list.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct JournalTests {
  static func line(_ entry: JournalEntry) -> String {
    "\(entry.position) \(entry.kind) \(entry.room?.value ?? 0) \(entry.user?.value ?? 0) \(String(decoding: entry.data, as: UTF8.self))"
  }

  @discardableResult
  static func append(
    _ store: TemporaryDatabase, _ kind: EventKind, room: RoomRowID? = nil, user: UserRowID? = nil, edits: MessageID? = nil,
    _ data: String, at time: Int64 = 0
  ) throws -> Int64 {
    try store.write {
      try Journal.append(
        kind, by: .server, room: room, user: user, message: edits, data: Array(data.utf8), at: Timestamp(milliseconds: time), $0)
    }
  }

  @Test func `positions have no gaps, though some changes were rolled back`() throws {
    struct Oops: Error {}
    let store = try TemporaryDatabase()
    for round in 0..<100 {
      _ = try? store.write { transaction in
        try Journal.append(.userUpdated, by: .server, data: Array("\(round)".utf8), at: Timestamp(milliseconds: 0), transaction)
        if round % 3 == 0 { throw Oops() }
      }
    }
    let entries = try store.read { try Journal.batch(after: 0, limit: 1000, $0).entries }
    #expect(entries.map(\.position) == Array(1...66))
    let kept = entries.map { String(decoding: $0.data, as: UTF8.self) }
    #expect(kept == (0..<100).filter { $0 % 3 != 0 }.map { "\($0)" })
    #expect(try store.read(Journal.lastPosition) == 66)
  }

  @Test func `a room's events are all events about it, after any position, up to any limit`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let rooms = try (1...5).map { try store.addRoom("room\($0)", by: alice) }
    let quiet = try store.addRoom("quiet", by: alice)
    var random = SplitMix(seed: 1)
    var choices: [RoomRowID?] = []
    for _ in 0..<400 { choices.append(random.int(0...5) == 0 ? nil : random.pick(rooms)) }
    for (index, room) in choices.enumerated() { try Self.append(store, .newMessage, room: room, "\(index)") }

    let all = try store.read { try Journal.batch(after: 0, limit: 1000, $0).entries }
    #expect(all.map(\.room) == choices)
    for _ in 0..<300 {
      let after = random.int64(0...402)
      let limit = random.pick([1, 2, 7, 50, 1000])
      let room = random.pick(rooms)
      let expected = all.filter { $0.room == room && $0.position > after }.suffix(limit)
      #expect(try store.read { try Journal.positions(of: room, after: after, limit: limit, $0) } == expected.map(\.position))
      let read = try store.read { try Journal.entries(at: expected.map(\.position), bytesMax: .max, $0) }
      #expect(read.map(Self.line) == expected.map(Self.line))
      #expect(
        try store.read { try Journal.batch(after: after, limit: limit, $0).entries }.map(Self.line)
          == all.filter { $0.position > after }.prefix(limit).map(Self.line))
    }
    #expect(try store.read { try Journal.positions(of: quiet, after: 0, limit: 10, $0) }.isEmpty)
    #expect(try store.read { try Journal.positions(of: RoomRowID(999), after: 0, limit: 10, $0) }.isEmpty)
  }

  @Test func `a batch ends at its bound of events or of bytes, and says so`() throws {
    let store = try TemporaryDatabase()
    for _ in 1...3 { try Self.append(store, .userUpdated, room: nil, "ten bytes.") }
    func batch(limit: Int, bytesMax: Int) throws -> (count: Int, isFull: Bool) {
      let batch = try store.read { try Journal.batch(after: 0, limit: limit, bytesMax: bytesMax, $0) }
      return (batch.entries.count, batch.isFull)
    }
    #expect(try batch(limit: 4, bytesMax: 100) == (3, false))
    #expect(try batch(limit: 3, bytesMax: 100) == (3, true))
    #expect(try batch(limit: 4, bytesMax: 15) == (2, true))
    #expect(try batch(limit: 4, bytesMax: 1) == (1, true))
  }

  @Test func `pruning takes the oldest, keeps the floor, and never gives a position twice`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let room = try store.addRoom("room", by: alice)
    for number in 1...30 { try Self.append(store, .newMessage, room: number % 2 == 0 ? room : nil, "\(number)", at: Int64(number) * 10) }

    func prune(before: Int64, limit: Int) throws -> Bool {
      try store.write { try Journal.prune(before: Timestamp(milliseconds: before), limit: limit, $0) }
    }
    func positions() throws -> [Int64] { try store.read { try Journal.batch(after: 0, limit: 100, $0).entries }.map(\.position) }
    func floor() throws -> Int64 { try store.read(Meta.journalFloor) }

    #expect(try !prune(before: 10, limit: 100))
    #expect(try positions() == Array(1...30) && floor() == 0)
    #expect(try prune(before: 101, limit: 4))
    #expect(try positions() == Array(5...30) && floor() == 4)
    #expect(try prune(before: 101, limit: 100))
    #expect(try positions() == Array(11...30) && floor() == 10)
    #expect(
      try store.read { try Journal.positions(of: room, after: 0, limit: 100, $0) }
        == Array(stride(from: 12, through: 30, by: 2)))
    #expect(try prune(before: 10_000, limit: 100))
    #expect(try positions() == [] && floor() == 30)
    #expect(try store.read { try Journal.positions(of: room, after: 0, limit: 100, $0) }.isEmpty)
    #expect(try !prune(before: 10_000, limit: 100))
    #expect(try floor() == 30 && store.read(Journal.lastPosition) == 30)
    #expect(try Self.append(store, .newMessage, room: room, "next") == 31)
    #expect(try store.read { try Journal.positions(of: room, after: 30, limit: 100, $0) } == [31])
  }

  @Test func `redacting replaces the announcement and the edits of one message, and of no other`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let room = try store.addRoom("room", by: alice)
    let secret = MessageID(room: room, seq: 1)
    let other = MessageID(room: room, seq: 2)
    let announced = try Self.append(store, .newMessage, room: room, "secret 1")
    try Self.append(store, .newMessage, room: room, "harmless 1")
    try Self.append(store, .messageEdited, room: room, edits: secret, "secret 2")
    try Self.append(store, .messageEdited, room: room, edits: other, "harmless 2")
    try Self.append(store, .messageEdited, room: room, edits: secret, "secret 3")
    try store.write { try Journal.redact(secret, announcedAt: announced, json: Array("gone".utf8), $0) }
    let words = try store.read { try Journal.batch(after: 0, limit: 10, $0).entries }.map { String(decoding: $0.data, as: UTF8.self) }
    #expect(words == ["gone", "harmless 1", "gone", "harmless 2", "gone"])
  }

  @Test func `membership changes are found by their user`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let bob = try store.addUser("bob")
    let room = try store.addRoom("room", by: alice)
    try Self.append(store, .memberJoined, room: room, user: alice.rowID, "1")
    try Self.append(store, .memberJoined, room: room, user: bob.rowID, "2")
    try Self.append(store, .memberUpdated, room: room, user: alice.rowID, "3")
    try Self.append(store, .sessionEnded, user: alice.rowID, "4")
    try Self.append(store, .memberLeft, room: room, user: alice.rowID, "5")
    func changes(after: Int64) throws -> [Int64] {
      try store.read { try Journal.membershipChanges(of: alice.rowID, after: after, limit: 100, $0) }.map(\.position)
    }
    #expect(try changes(after: 0) == [1, 5])
    #expect(try changes(after: 1) == [5])
    #expect(try changes(after: 5) == [])
  }

  @Test func `an event of a newer program keeps its position and is sent to nobody`() throws {
    let store = try TemporaryDatabase()
    try store.write {
      try $0.database.run("INSERT INTO journal (kind, previous, created_at, data) VALUES (999, 0, 0, '{}')")
    }
    let entry = try #require(try store.read { try Journal.batch(after: 0, limit: 1, $0).entries }.first)
    #expect(entry.kind == .unknown && entry.kind.word == nil && entry.position == 1)
  }
}
