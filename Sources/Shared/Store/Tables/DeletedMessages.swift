// The deleted messages of each room, and how many messages of it are unread.
public import Domain
public import SQL

/// Every deleted message by its id, and the number of them in each block of 1024 ids. A room's ids are side by side and the newest message is
/// its end, so the deleted ones after a read marker are those of the rest of one block and of all later blocks: at most 1023 rows and one row
/// per 1024 messages.
public enum DeletedMessages {
  /// Records that a message, which stood until now, is deleted.
  public static func insert(_ id: MessageID, _ transaction: Transaction) throws {
    try transaction.database.run("INSERT INTO deleted_messages (id) VALUES (?)", .integer(id.row))
    try transaction.database.run(countOne, .integer(id.row))
  }

  /// SQL: the message after which unread ones begin: one that has expired is not unread.
  private static let readThrough = "max(m.read_seq, r.first_seq - 1)"

  /// SQL: the number of unread messages of a membership `m` in a room `r`; 0 if an outer join found no membership.
  static let unread = """
    CASE WHEN r.last_seq > \(readThrough) THEN r.last_seq - \(readThrough) - (\(count(in: "r.id", after: readThrough))) ELSE 0 END
    """

  /// The number of messages of a room after `seq` that stand; `lastSeq` is its newest message.
  public static func unread(in room: RoomRowID, after seq: Int64, lastSeq: Int64, _ database: Database) throws -> Int64 {
    guard seq < lastSeq else { return 0 }
    return try database.first(selectUnread, .integer(room.value), .integer(seq)) { lastSeq - $0.integer(0) - $0.integer(1) } ?? 0
  }

  /// Deletes those between two messages of a room that have expired, and the counts of blocks before the last one's.
  static func removeExpired(_ ids: ClosedRange<Int64>, _ transaction: Transaction) throws {
    try transaction.database.run(
      "DELETE FROM deleted_messages WHERE id BETWEEN ? AND ?", .integer(ids.lowerBound), .integer(ids.upperBound))
    // The count of the last one's own block may stay: only later blocks are added up.
    try transaction.database.run(deleteExpiredBlocks, .integer(ids.lowerBound), .integer(ids.upperBound))
  }

  /// Deletes up to `limit` rows of a room that is gone; false if there are none left.
  static func purge(_ room: Int64, limit: Int, _ transaction: Transaction) throws -> Bool {
    let database = transaction.database
    let messages = try database.run(
      """
      DELETE FROM deleted_messages WHERE id IN (
        SELECT id FROM deleted_messages WHERE id BETWEEN ?1 << 32 | 1 AND ?1 << 32 | ?2 ORDER BY id LIMIT ?3)
      """, .integer(room), .integer(MessageID.seqMax), .integer(Int64(limit)))
    let blocks = try database.run(deleteBlocks, .integer(room), .integer(Int64(limit)))
    return messages > 0 || blocks > 0
  }
}

// MARK: Statements

extension DeletedMessages {
  /// A block never has messages of two rooms: it divides the 2^32 ids of a room.
  private static let blockBits = 10

  /// SQL: the number of deleted messages of a room after a seq, both given as expressions.
  private static func count(in room: String, after seq: String) -> String {
    let id = "(\(room) << 32 | \(seq))"
    let block = "(\(id) >> \(blockBits))"
    return """
      (SELECT count(*) FROM deleted_messages d WHERE d.id > \(id) AND d.id < (\(block) + 1) << \(blockBits))
      + (SELECT coalesce(sum(c.count), 0) FROM deleted_message_counts c
        WHERE c.block > \(block) AND c.block < (\(room) + 1) << \(32 - blockBits))
      """
  }

  private static let countOne = Statement(
    composing: """
      INSERT INTO deleted_message_counts (block, count) VALUES (? >> \(blockBits), 1)
      ON CONFLICT (block) DO UPDATE SET count = deleted_message_counts.count + 1
      """)

  private static let deleteBlocks = Statement(
    composing: """
      DELETE FROM deleted_message_counts WHERE block IN (
        SELECT block FROM deleted_message_counts WHERE block >= ?1 << \(32 - blockBits) AND block < (?1 + 1) << \(32 - blockBits) LIMIT ?2)
      """)

  private static let deleteExpiredBlocks = Statement(
    composing: "DELETE FROM deleted_message_counts WHERE block >= ?1 >> \(blockBits) AND block < ?2 >> \(blockBits)")

  /// After which message unread ones begin, and how many of those after it are deleted.
  private static let selectUnread = Statement(
    composing: """
      SELECT start.seq, \(count(in: "?1", after: "start.seq"))
      FROM (SELECT max(?2, first_seq - 1) AS seq FROM rooms WHERE id = ?1) start
      """)
}
