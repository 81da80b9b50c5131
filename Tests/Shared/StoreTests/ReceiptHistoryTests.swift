// When members moved their read markers, against a plain list of everything that happened.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct ReceiptHistoryTests {
  private static func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

  @Test func `within the bound, every receipt has its state and exact time`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let bob = try store.addUser("bob")
    let room = try store.addRoom("room", by: alice)
    for user in [alice, bob] { _ = try store.write { try Memberships.insert(room, user.rowID, role: .member, at: Self.time(0), $0) } }
    let last: Int64 = 60
    for _ in 1...last { _ = try MessagesTests.post(store, room, by: alice) }

    var random = SplitMix(seed: 8)
    var markers = ReadMarkers(deliveredSeq: 0, previewSeq: 0, readSeq: 0)
    /// Of each message, when it came into each state.
    var reached: [ReceiptState: [Int64: Timestamp]] = [:]
    for round in Int64(1)...80 {
      func some() -> Int64? { random.int(0...1) == 0 ? nil : random.int64(0...last) / 2 + round / 3 }
      guard let update = try? ReadMarkersUpdate(deliveredSeq: some(), previewSeq: some(), readSeq: some()) else { continue }
      let before = markers
      markers.advance(update, upTo: last)
      guard markers != before else { continue }
      let after = markers
      try store.write { try ReceiptHistory.move(room, bob.rowID, from: before, to: after, at: Self.time(round), $0) }
      for state in ReceiptState.allCases {
        for seq in Int64(1)...last where seq <= after.seq(of: state) && seq > before.seq(of: state) {
          reached[state, default: [:]][seq] = Self.time(round)
        }
      }
    }
    for seq in Int64(1)...last {
      let receipts = try store.read {
        try ReceiptHistory.receipts(
          of: MessageID(room: room, seq: seq), author: alice.rowID, for: alice.rowID, postedAt: Self.time(0), after: 0, limit: 10, $0)
      }
      let state = markers.state(of: seq)
      #expect(receipts.map(\.state) == [state] && receipts.map(\.rowID) == [bob.rowID])
      if let state { #expect(receipts.first?.at == reached[state]?[seq], "\(seq) \(state)") }
    }
    #expect(try store.damages() == [])
  }

  @Test func `steps far behind a marker are removed`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let room = try store.addRoom("room", by: alice)
    _ = try store.write { try Memberships.insert(room, alice.rowID, role: .member, at: Self.time(0), $0) }
    let last = 3 * ReceiptHistory.keptSeqs
    try store.write { transaction in
      for seq in Int64(1)...last {
        let markers = ReadMarkers(deliveredSeq: seq - 1, previewSeq: seq - 1, readSeq: seq - 1)
        let next = ReadMarkers(deliveredSeq: seq, previewSeq: seq, readSeq: seq)
        try ReceiptHistory.move(room, alice.rowID, from: markers, to: next, at: Self.time(seq), transaction)
      }
    }
    let steps = try store.read { try $0.all("SELECT state, seq FROM mark_steps ORDER BY seq") { "\($0.integer(0)) \($0.integer(1))" } }
    #expect(steps == (last - ReceiptHistory.keptSeqs...last).map { "3 \($0)" }, "one row a step, though three markers moved")
  }

  @Test func `markers, steps and mentions are deleted with the membership`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let bob = try store.addUser("bob")
    let room = try store.addRoom("room", by: alice)
    for user in [alice, bob] { _ = try store.write { try Memberships.insert(room, user.rowID, role: .member, at: Self.time(0), $0) } }
    let place = try MessagesTests.post(store, room, by: alice)
    #expect(try store.write { try Mentions.insert(place, bob.rowID, $0) })
    let none = ReadMarkers(deliveredSeq: 0, previewSeq: 0, readSeq: 0)
    let one = ReadMarkers(deliveredSeq: 1, previewSeq: 0, readSeq: 0)
    try store.write { try ReceiptHistory.move(room, bob.rowID, from: none, to: one, at: Self.time(1), $0) }
    func rows() throws -> Int64? {
      try store.read { try $0.first("SELECT (SELECT count(*) FROM mentions) + (SELECT count(*) FROM mark_steps)") { $0.integer(0) } }
    }
    #expect(try rows() == 2)
    _ = try store.write { try Memberships.delete(room, bob.rowID, $0) }
    #expect(try rows() == 0)
    #expect(try !store.write { try Mentions.insert(place, bob.rowID, $0) })
    #expect(try store.damages() == [])
  }

  @Test func `the newest event of a compacted kind is the only one, and no other is removed`() throws {
    let store = try TemporaryDatabase()
    let users = try ["alice", "bob"].map { try store.addUser($0) }
    let rooms = try ["one", "two"].map { try store.addRoom($0, by: users[0]) }
    let kinds = EventKind.allCases.filter(\.isCompacted)
    #expect(kinds == [.receipt, .ownReceipt, .ownMembership, .ownAccount, .draftUpdated])
    var random = SplitMix(seed: 9)
    var newest: [String: Int64] = [:]
    for round in Int64(1)...200 {
      let (kind, room, user) = (random.pick(kinds), random.pick(rooms), random.pick(users).rowID)
      if random.int(0...4) == 0 {
        try JournalTests.append(store, .newMessage, room: room, "\(round)")
      } else {
        let data = Array("\(round)".utf8)
        try store.write { try Journal.appendCompacted(kind, room: room, user: user, data: data, at: Self.time(round), $0) }
        newest["\(kind) \(room.value) \(user.value)"] = round
      }
    }
    let all = try store.read { try Journal.batch(after: 0, limit: 1000, $0).entries }
    let kept = all.filter(\.kind.isCompacted)
    #expect(kept.count == newest.count)
    for entry in kept {
      let name = "\(entry.kind) \(entry.room?.value ?? 0) \(entry.user?.value ?? 0)"
      #expect(newest[name].map { "\($0)" } == String(decoding: entry.data, as: UTF8.self))
    }
    func positions(_ entries: [JournalEntry]) -> [Int64] { entries.map(\.position).sorted() }
    for after in [Int64(0), all[all.count / 2].position] {
      for room in rooms {
        let receipts = try store.read { try Journal.receipts(of: room, after: after, limit: 100, $0) }
        #expect(receipts.sorted() == positions(all.filter { $0.kind == .receipt && $0.room == room && $0.position > after }))
        let said = try store.read { try Journal.positions(of: room, after: after, limit: 1000, $0) }
        #expect(said == positions(all.filter { $0.kind == .newMessage && $0.room == room && $0.position > after }))
      }
      for user in users {
        let own = try store.read { try Journal.userScoped(of: user.rowID, after: after, limit: 100, $0) }
        #expect(own.sorted() == positions(all.filter { $0.kind.isUserScoped && $0.user == user.rowID && $0.position > after }))
      }
    }
  }

  @Test func `queries of markers, badges and resumes use indexes`() throws {
    let store = try TemporaryDatabase()
    func plan(_ sql: Statement) throws -> String { try store.read { try $0.all(sql) { $0.text(3) } }.joined(separator: "; ") }
    #expect(
      try plan("EXPLAIN QUERY PLAN SELECT * FROM journal WHERE kind = 6 AND room_id = 1 AND position > 5").contains("journal_receipts"))
    #expect(
      try plan("EXPLAIN QUERY PLAN SELECT * FROM journal WHERE kind BETWEEN 50 AND 99 AND user_id = 1 AND position > 5")
        .contains("journal_personal"))
    #expect(
      try plan("EXPLAIN QUERY PLAN SELECT * FROM journal WHERE user_id = 1 AND position > 5 AND kind IN (20, 22) ORDER BY position")
        .contains("journal_comings"))
    let badges = try plan(
      """
      EXPLAIN QUERY PLAN SELECT r.public_id, r.last_seq - m.read_seq, m.mentions FROM memberships m JOIN rooms r ON r.id = m.room_id
      WHERE m.user_id = 1 AND r.last_seq > m.read_seq
      """)
    #expect(badges.contains("memberships_user") && !badges.contains("SCAN"))
  }
}
