// Messages as search reads them.
public import Domain
public import SQL

extension Messages {
  /// The rooms that a user is in, those with the latest events first.
  public static func searchableRooms(of user: UserRowID, limit: Int, _ database: Database) throws -> [RoomEnd] {
    try database.all(selectSearchableRooms, .integer(user.value), .integer(Int64(limit)), read: roomEnd)
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
    try database.first(selectSearchable, .integer(row >> 32), .integer(row & MessageID.seqMax), read: searchableMessage)
  }

  /// The position of the event that announced a message.
  public static func position(of row: Int64, _ database: Database) throws -> Int64? {
    try database.first(selectPosition, .integer(row >> 32), .integer(row & MessageID.seqMax)) { $0.integer(0) }
  }

  /// Whether a message was written before a time; nil if there is no such message.
  public static func isWritten(_ row: Int64, before time: Timestamp, _ database: Database) throws -> Bool? {
    let time = String(decoding: time.rfc3339, as: UTF8.self)
    return try database.first(selectIsWritten, .integer(row >> 32), .integer(row & MessageID.seqMax), .text(time)) {
      $0.integer(0) == 1
    }
  }

  private static let selectSearchable = Statement(
    composing: "\(message) SELECT id, user_id, position, json FROM message WHERE \(isKept)")
  private static let selectPosition = Statement(composing: "\(message) SELECT position FROM message")
  private static let selectIsWritten = Statement(
    composing: "\(message) SELECT CASE WHEN json ->> 'created_at' < ?3 THEN 1 ELSE 0 END FROM message")
  private static let selectSearchableRooms = Statement(
    composing: """
      SELECT \(ColumnList.roomEnd) FROM memberships m JOIN rooms r ON r.id = m.room_id
      WHERE m.user_id = ? ORDER BY r.last_position DESC, r.id LIMIT ?
      """)

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
