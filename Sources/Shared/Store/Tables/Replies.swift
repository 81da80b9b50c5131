// Which messages reply to which.
public import Domain
public import SQL

public enum Replies {
  /// Records that a message replies to an earlier one of its room.
  public static func insert(_ id: MessageID, to seq: Int64, _ transaction: Transaction) throws {
    try transaction.database.run(
      "INSERT INTO replies (parent_id, id) VALUES (?, ?)", .integer(MessageID(room: id.room, seq: seq).row), .integer(id.row))
  }

  /// The messages that reply to one, after `seq`, in their order. To be called in a snapshot.
  public static func list(to id: MessageID, after seq: Int64, limit: Int, _ database: Database) throws -> [StoredReply] {
    var replies: [StoredReply] = []
    var inTail: [Int64: Int] = [:]
    try database.forEach(
      """
      SELECT r.id, m.json FROM replies r LEFT JOIN messages m ON m.id = r.id WHERE r.parent_id = ? AND r.id > ? ORDER BY r.id LIMIT ?
      """, .integer(id.row), .integer(MessageID(room: id.room, seq: min(seq, MessageID.seqMax)).row), .integer(Int64(limit))
    ) { row in
      let seq = MessageID(row: row.integer(0)).seq
      if row.isNull(1) { inTail[seq] = replies.count }
      replies.append(StoredReply(seq: seq, json: row.isNull(1) ? [] : row.bytes(1)))
    }
    guard let first = inTail.keys.min(), let end = try Messages.end(of: id.room, database) else { return replies }
    for message in try Messages.tail(endingAt: end.tailPosition, from: first, database) {
      guard let index = inTail[message.seq] else { continue }
      replies[index] = StoredReply(seq: message.seq, json: message.json)
    }
    // A reply whose message is gone.
    return replies.filter { !$0.json.isEmpty }
  }

  /// Deletes up to `limit` of a room that is gone; false if there are none left.
  static func purge(_ room: RoomRowID, limit: Int, _ transaction: Transaction) throws -> Bool {
    let range = room.messageRows
    return try transaction.database.run(
      "DELETE FROM replies WHERE (parent_id, id) IN (SELECT parent_id, id FROM replies WHERE parent_id BETWEEN ? AND ? LIMIT ?)",
      .integer(range.lowerBound), .integer(range.upperBound), .integer(Int64(limit))) > 0
  }
}
