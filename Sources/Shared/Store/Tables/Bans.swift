// The users who are banned from rooms.
public import Domain
public import SQL

public enum Bans {
  /// Bans a user, or changes the reason of an existing ban. True if the ban is new.
  public static func put(
    _ user: UserRowID, in room: RoomRowID, by moderator: UserRowID, reason: String, at now: Timestamp, _ transaction: Transaction
  ) throws -> Bool {
    let isNew = try !exists(user, in: room, transaction.database)
    try transaction.database.run(
      """
      INSERT INTO bans (room_id, user_id, banned_by, reason, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (room_id, user_id) DO UPDATE SET reason = excluded.reason
      """, .integer(room.value), .integer(user.value), .integer(moderator.value), .text(reason), .integer(now.milliseconds))
    return isNew
  }

  /// False if there was none.
  public static func delete(_ user: UserRowID, in room: RoomRowID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(
      "DELETE FROM bans WHERE room_id = ? AND user_id = ? RETURNING 1", .integer(room.value), .integer(user.value)
    ) { _ in true } ?? false
  }

  public static func exists(_ user: UserRowID, in room: RoomRowID, _ database: Database) throws -> Bool {
    try database.first("SELECT 1 FROM bans WHERE room_id = ? AND user_id = ?", .integer(room.value), .integer(user.value)) { _ in true }
      ?? false
  }

  public static func count(in room: RoomRowID, _ database: Database) throws -> Int64 {
    try database.first("SELECT count(*) FROM bans WHERE room_id = ?", .integer(room.value)) { $0.integer(0) } ?? 0
  }

  public static func find(_ user: UserRowID, in room: RoomRowID, _ database: Database) throws -> Ban? {
    try list(in: room, after: user.value - 1, limit: 1, database).first { $0.user.rowID == user }
  }

  /// By the order in which the accounts of the banned were made; `cursor` is the last one of the page before.
  public static func list(in room: RoomRowID, after cursor: Int64, limit: Int, _ database: Database) throws -> [Ban] {
    try database.all(selectInRoom, .integer(room.value), .integer(cursor), .integer(Int64(limit))) { row in
      var columns = row.columns()
      return Ban(user: columns.user(), bannedBy: columns.optionalPublicID(), reason: columns.text(), createdAt: columns.time())
    }
  }
}

// MARK: Statements

extension Bans {
  private static let selectInRoom = Statement(
    composing: """
      SELECT \(ColumnList.user), moderator.public_id, b.reason, b.created_at
      FROM bans b JOIN users u ON u.id = b.user_id LEFT JOIN users moderator ON moderator.id = b.banned_by
      WHERE b.room_id = ? AND b.user_id > ? ORDER BY b.user_id LIMIT ?
      """)
}
