// Invites: links that add a user to a room.
public import Domain
public import SQL

public enum Invites {
  public static func insert(
    _ code: PublicID, to room: RoomRowID, by creator: UserRowID, uses: Int64?, at now: Timestamp, expiresAt: Timestamp,
    _ transaction: Transaction
  ) throws {
    try transaction.database.run(
      "INSERT INTO invites (code, room_id, created_by, created_at, expires_at, uses_left) VALUES (?, ?, ?, ?, ?, ?)", .text(code.text),
      .integer(room.value), .integer(creator.value), .integer(now.milliseconds), .integer(expiresAt.milliseconds), .optional(uses))
  }

  /// Nil if it does not exist, has expired or is used up.
  public static func find(_ code: PublicID, at now: Timestamp, _ database: Database) throws -> Invite? {
    try database.first(selectByCode, .text(code.text), .integer(now.milliseconds), read: invite)
  }

  /// Those of a room that can still be used, oldest first; `cursor` is the last one of the page before.
  public static func list(in room: RoomRowID, at now: Timestamp, after cursor: Int64, limit: Int, _ database: Database) throws -> [Invite] {
    try database.all(selectInRoom, .integer(room.value), .integer(cursor), .integer(now.milliseconds), .integer(Int64(limit)), read: invite)
  }

  public static func takeUse(of invite: Int64, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE invites SET uses_left = uses_left - 1 WHERE id = ?", .integer(invite))
  }

  /// False if there was none.
  public static func delete(_ code: PublicID, in room: RoomRowID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(
      "DELETE FROM invites WHERE code = ? AND room_id = ? RETURNING 1", .text(code.text), .integer(room.value)
    ) { _ in true } ?? false
  }

  /// Removes what has expired or is used up.
  public static func sweep(at now: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM invites WHERE expires_at <= ? OR uses_left = 0", .integer(now.milliseconds))
  }

  private static let columns =
    "i.id, i.code, i.room_id, r.public_id, r.kind, i.created_by, creator.public_id, i.created_at, i.expires_at, i.uses_left"

  private static func invite(_ row: Row) -> Invite {
    var columns = row.columns()
    return Invite(
      number: columns.integer(), code: columns.publicID(), room: columns.roomRowID(), roomID: columns.publicID(), kind: columns.roomKind(),
      creator: columns.userRowID(), createdBy: columns.publicID(), createdAt: columns.time(), expiresAt: columns.time(),
      usesLeft: columns.optionalInteger())
  }
}

// MARK: Statements

extension Invites {
  private static let selectByCode = Statement(
    composing: """
      SELECT \(columns)
      FROM invites i JOIN rooms r ON r.id = i.room_id JOIN users creator ON creator.id = i.created_by
      WHERE i.code = ? AND i.expires_at > ? AND i.uses_left IS DISTINCT FROM 0
      """)

  private static let selectInRoom = Statement(
    composing: """
      SELECT \(columns)
      FROM invites i JOIN rooms r ON r.id = i.room_id JOIN users creator ON creator.id = i.created_by
      WHERE i.room_id = ? AND i.id > ? AND i.expires_at > ? AND i.uses_left IS DISTINCT FROM 0 ORDER BY i.id LIMIT ?
      """)
}
