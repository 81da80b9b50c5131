// Messages as search reads them.
public import Domain
public import SQL

extension Messages {
  /// The rooms that a user is in, those with the latest events first.
  public static func searchableRooms(of user: UserRowID, limit: Int, _ database: Database) throws -> [RoomEnd] {
    try database.all(
      """
      SELECT r.id, r.last_seq, r.last_position FROM memberships m JOIN rooms r ON r.id = m.room_id
      WHERE m.user_id = ? ORDER BY r.last_position DESC, r.id LIMIT ?
      """, .integer(user.value), .integer(Int64(limit)), read: roomEnd)
  }

  /// The number of the first message of a room after `position`, found by halving: numbers have no gaps. Of those
  /// before it that have expired, nothing is asked.
  static func firstSeq(of room: Int64, lastSeq: Int64, after position: Int64, _ database: Database) throws -> Int64 {
    let kept = try Rooms.firstSeq(of: RoomRowID(room), database) ?? 1
    var (low, high) = (min(kept, lastSeq + 1), lastSeq + 1)
    while low < high {
      let middle = low + (high - low) / 2
      if try Self.position(of: room << 32 | middle, database) ?? .max > position { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The newest message of a room that was announced at a position of the journal or before; 0 if there is none.
  public static func lastSeq(of room: RoomRowID, through position: Int64, _ database: Database) throws -> Int64 {
    guard let end = try end(of: room, database) else { return 0 }
    return try firstSeq(of: room.value, lastSeq: end.lastSeq, after: position, database) - 1
  }

  /// Nil also for one that has expired and is not removed yet.
  public static func searchable(_ row: Int64, _ database: Database) throws -> SearchableMessage? {
    try database.first(selectSearchable, .integer(row), read: searchableMessage)
  }

  /// The position of the event that announced a message.
  public static func position(of row: Int64, _ database: Database) throws -> Int64? {
    try database.first("SELECT position FROM messages WHERE id = ?", .integer(row)) { $0.integer(0) }
  }

  /// Whether a message was written before a time; nil if there is no such message.
  public static func isWritten(_ row: Int64, before time: Timestamp, _ database: Database) throws -> Bool? {
    let time = String(decoding: time.rfc3339, as: UTF8.self)
    return try database.first(
      "SELECT CASE WHEN json ->> 'created_at' < ? THEN 1 ELSE 0 END FROM messages WHERE id = ?", .text(time), .integer(row)
    ) { $0.integer(0) == 1 }
  }

  private static let selectSearchable = Statement(
    composing: "SELECT id, user_id, position, json FROM messages WHERE id = ?1 AND \(isKept)")

  static func searchableMessage(_ row: Row) -> SearchableMessage {
    SearchableMessage(row: row.integer(0), author: UserRowID(row.integer(1)), position: row.integer(2), json: row.bytes(3))
  }
}

extension Journal {
  /// Edits after a position, oldest first, at most `limit`.
  public static func edits(after position: Int64, limit: Int, _ database: Database) throws -> [MessageEdit] {
    try database.all(
      """
      SELECT message_id, position FROM journal INDEXED BY journal_edited
      WHERE message_id IS NOT NULL AND position > ? ORDER BY position LIMIT ?
      """, .integer(position), .integer(Int64(limit))
    ) { MessageEdit(row: $0.integer(0), position: $0.integer(1)) }
  }
}
