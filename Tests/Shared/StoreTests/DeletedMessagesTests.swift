// Counting unread messages without those that are deleted.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct DeletedMessagesTests {
  private static let seqs: Int64 = 5000

  /// The numbers of deleted messages and of blocks.
  private func rows(_ store: TemporaryDatabase) throws -> [Int64] {
    let sql: [Statement] = ["SELECT count(*) FROM deleted_messages", "SELECT count(*) FROM deleted_message_counts"]
    return try store.read { database in try sql.map { try database.first($0) { $0.integer(0) } ?? -1 } }
  }

  @Test func `after any deletions, every marker has the count of what stands after it, and of no other room`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let rooms = try (0..<3).map { try store.addRoom("room\($0)", by: alice) }
    var random = SplitMix(seed: 3)
    var deleted = Set((0..<1500).map { _ in Int64(random.int(1...Int(Self.seqs))) })
    deleted.formUnion([1, 1023, 1024, 1025, 2047, 2048, Self.seqs])
    let seqs = deleted
    try store.write { transaction in
      for room in rooms {
        for seq in seqs where room == rooms[1] || seq % 2 == 0 {
          try DeletedMessages.insert(MessageID(room: room, seq: seq), transaction)
        }
      }
    }
    for seq in [0, 1, 2, 1022, 1023, 1024, 1025, 2046, 2047, 2048, 2049, 3000, 4095, 4096, Self.seqs - 1, Self.seqs] {
      let standing = (seq..<Self.seqs).filter { !deleted.contains($0 + 1) }.count
      #expect(
        try store.read { try DeletedMessages.unread(in: rooms[1], after: seq, lastSeq: Self.seqs, $0) } == Int64(standing), "after \(seq)")
    }
    #expect(try rows(store)[1] == 3 * (Self.seqs / 1024 + 1))
  }

  @Test func `a room, a list of rooms and badges say the same`() throws {
    let store = try TemporaryDatabase()
    let (alice, bob) = (try store.addUser("alice"), try store.addUser("bob"))
    let room = try store.addRoom("room", by: alice)
    for user in [alice, bob] {
      _ = try store.write { try Memberships.insert(room, user.rowID, role: .member, at: Timestamp(milliseconds: 0), $0) }
    }
    for _ in 0..<4 { _ = try store.write { try TemporaryDatabase.post(to: room, by: alice, $0) } }
    try store.write { for seq: Int64 in [2, 3] { try DeletedMessages.insert(MessageID(room: room, seq: seq), $0) } }
    func counts() throws -> [Int64?] {
      try store.read { database in
        [
          try Rooms.view(PublicID(trusted: "room"), for: bob.rowID, database)?.membership?.unread,
          try Rooms.list(of: bob.rowID, after: nil, limit: 5, database).first?.membership?.unread,
          try Memberships.state(of: bob.rowID, in: room, database)?.membership.unread,
          try Badges.badges(of: bob.rowID, at: Timestamp(milliseconds: 0), database).first?.unread,
        ]
      }
    }
    #expect(try counts() == [2, 2, 2, 2])
    try store.write { for seq: Int64 in [1, 4] { try DeletedMessages.insert(MessageID(room: room, seq: seq), $0) } }
    #expect(try counts() == [0, 0, 0, nil])
    // A non-member has no count.
    let carol = try store.addUser("carol")
    #expect(try store.read { try Rooms.view(PublicID(trusted: "room"), for: carol.rowID, $0) }?.membership == nil)
  }

  @Test func `with a deleted room its rows are purged, in batches, and those of its neighbours stay`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let rooms = try (0..<3).map { try store.addRoom("room\($0)", by: alice) }
    try store.write { transaction in
      for room in rooms {
        for seq: Int64 in 1...2500 { try DeletedMessages.insert(MessageID(room: room, seq: seq), transaction) }
      }
      let position = try Journal.append(.roomDeleted, by: .server, room: rooms[1], data: [], at: Timestamp(milliseconds: 0), transaction)
      try DeletedRooms.tombstone(rooms[1], announcedAt: position, transaction)
    }
    var batches = 0
    while try store.write({ try DeletedRooms.purge(limit: 500, $0) }) { batches += 1 }
    #expect(batches >= 5)
    #expect(try rows(store) == [5000, 6])
    #expect(try store.read { try DeletedMessages.unread(in: rooms[0], after: 0, lastSeq: 3000, $0) } == 500)
    #expect(try store.read { try DeletedMessages.unread(in: rooms[2], after: 0, lastSeq: 3000, $0) } == 500)
  }
}
