// Messages that have been kept as long as they are to be: which they are, and how they are removed.
public import Domain
public import SQL

/// A room whose messages are not kept for ever.
public struct ExpiringRoom: Sendable {
  public let room: RoomRowID
  public let id: PublicID
  public var firstSeq: Int64
  public let lastSeq: Int64
  /// In seconds; at least 1.
  public let retentionSeconds: Int64
}

public enum ExpiredMessages {
  /// Rooms that have messages and keep them for a limited time, by row, after `cursor` (0: from the first). `standard` is for rooms without a
  /// retention of their own.
  public static func rooms(after cursor: Int64, standard: Retention, limit: Int, _ database: Database) throws -> [ExpiringRoom] {
    try database.all(
      """
      SELECT id, public_id, first_seq, last_seq, coalesce(retention, ?2) FROM rooms
      WHERE id > ?1 AND first_seq <= last_seq AND coalesce(retention, ?2) > 0 ORDER BY id LIMIT ?3
      """, .integer(cursor), .integer(standard.seconds), .integer(Int64(limit))
    ) { row in
      var columns = row.columns()
      return ExpiringRoom(
        room: columns.roomRowID(), id: columns.publicID(), firstSeq: columns.integer(), lastSeq: columns.integer(),
        retentionSeconds: columns.integer())
    }
  }

  /// The first message of a room that is not older than `time`, or the one after `limit` older ones. The messages are walked from the oldest
  /// on, not halved: where the clock was wrong for a while, none that is younger than `time` is ever passed.
  public static func firstKept(in room: ExpiringRoom, since time: Timestamp, limit: Int64, _ database: Database) throws -> Int64 {
    var seq = room.firstSeq
    try database.forEachWhile(
      "SELECT json ->> 'created_at' < ? FROM messages WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
      .text(String(decoding: time.rfc3339, as: UTF8.self)), .integer(MessageID(room: room.room, seq: room.firstSeq).row),
      .integer(MessageID(room: room.room, seq: room.lastSeq).row), .integer(limit)
    ) { row in
      guard row.integer(0) == 1 else { return false }
      seq += 1
      return true
    }
    return seq
  }

  /// Makes `seq` the first message of a room. False if the room is gone, or begins there already.
  public static func setFirst(_ seq: Int64, in room: RoomRowID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.run(
      "UPDATE rooms SET first_seq = ?1 WHERE id = ?2 AND first_seq < ?1 AND ?1 <= last_seq + 1", .integer(seq), .integer(room.value)) > 0
  }

  /// The positions of the events that announced a room's expired messages are not above this; nil if the room is gone.
  public static func lastPosition(in room: RoomRowID, _ database: Database) throws -> Int64? {
    let ends = try database.first("SELECT first_seq, last_position FROM rooms WHERE id = ?", .integer(room.value)) {
      (first: $0.integer(0), lastPosition: $0.integer(1))
    }
    guard let ends else { return nil }
    return try Messages.position(of: MessageID(room: room, seq: ends.first).row, database).map { $0 - 1 } ?? ends.lastPosition
  }

  /// Up to `limit` members who have unread mentions in expired messages of a room.
  public static func mentioned(in room: RoomRowID, before seq: Int64, limit: Int, _ database: Database) throws -> [UserRowID] {
    try database.all(
      "SELECT DISTINCT user_id FROM mentions WHERE room_id = ? AND seq < ? LIMIT ?", .integer(room.value), .integer(seq),
      .integer(Int64(limit))
    ) { UserRowID($0.integer(0)) }
  }

  /// Whether the journal has edits of a message.
  public static func hasEdits(_ id: MessageID, _ database: Database) throws -> Bool {
    try database.first("SELECT 1 FROM journal WHERE message_id = ? LIMIT 1", .integer(id.row)) { _ in true } ?? false
  }

  /// Some expired messages of one room, the oldest first: at most `limit`, and no more once they have `bytesMax` bytes. None if nothing is
  /// left to remove in the rooms whose rows are in `rooms`.
  public static func next(in rooms: ClosedRange<Int64>, limit: Int, bytesMax: Int, _ database: Database) throws -> [StoredMessage] {
    let room = try database.first(
      """
      SELECT r.id, r.first_seq FROM rooms r WHERE r.id BETWEEN ? AND ? AND r.first_seq > 1
        AND EXISTS (SELECT 1 FROM messages m WHERE m.id BETWEEN r.id << 32 | 1 AND r.id << 32 | (r.first_seq - 1))
      ORDER BY r.id LIMIT 1
      """, .integer(rooms.lowerBound), .integer(rooms.upperBound)
    ) { MessageID(room: RoomRowID($0.integer(0)), seq: $0.integer(1) - 1) }
    guard let last = room else { return [] }
    var (messages, bytes) = ([StoredMessage](), 0)
    try database.forEachWhile(
      "SELECT id, user_id, fingerprint, position, json FROM messages WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
      .integer(MessageID(room: last.room, seq: 1).row), .integer(last.row), .integer(Int64(limit))
    ) { row in
      let message = Messages.stored(row)
      messages.append(message)
      bytes += message.json.count
      return bytes < bytesMax
    }
    return messages
  }

  /// Removes the messages between two of one room, with all that hangs on them; of their files, the rows.
  public static func remove(from first: MessageID, through last: MessageID, _ transaction: Transaction) throws {
    let database = transaction.database
    let rows = first.row...last.row
    func delete(_ statement: Statement) throws {
      try database.run(statement, .integer(rows.lowerBound), .integer(rows.upperBound))
    }
    try delete("DELETE FROM files WHERE message_id BETWEEN ? AND ?")
    try delete("DELETE FROM pinned_messages WHERE id BETWEEN ? AND ?")
    try delete("DELETE FROM saved_messages WHERE id BETWEEN ? AND ?")
    try delete("DELETE FROM replies WHERE parent_id BETWEEN ? AND ?")
    try database.run(
      "DELETE FROM reports WHERE room_id = ? AND seq BETWEEN ? AND ?", .integer(first.room.value), .integer(first.seq),
      .integer(last.seq))
    try DeletedMessages.removeExpired(rows, transaction)
    try delete("DELETE FROM messages WHERE id BETWEEN ? AND ?")
  }
}
