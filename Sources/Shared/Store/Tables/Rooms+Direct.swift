// The direct room of two users, and the other one of the two.
public import Domain
public import SQL

extension Rooms {
  public static func findDirect(low: UserRowID, high: UserRowID, _ database: Database) throws -> RoomRowID? {
    try database.first("SELECT id FROM rooms WHERE direct_low = ? AND direct_high = ?", .integer(low.value), .integer(high.value)) {
      RoomRowID($0.integer(0))
    }
  }

  /// The other user of a direct room; nil for a room of another kind.
  public static func recipient(of sender: UserRowID, in room: RoomRowID, _ database: Database) throws -> Recipient? {
    try database.first(selectRecipient, .integer(room.value), .integer(sender.value)) { row in
      var columns = row.columns()
      return Recipient(user: columns.user(), isMember: columns.bool(), isDeleted: columns.bool(), isBlocked: columns.bool())
    }
  }
}

// MARK: Statements

extension Rooms {
  private static let selectRecipient = Statement(
    composing: """
      SELECT \(ColumnList.user),
        CASE WHEN EXISTS (SELECT 1 FROM memberships m WHERE m.room_id = r.id AND m.user_id = u.id) THEN 1 ELSE 0 END,
        CASE WHEN u.deleted_at IS NULL THEN 0 ELSE 1 END,
        CASE WHEN \(Blocks.stands(between: "r.direct_low", "r.direct_high")) THEN 1 ELSE 0 END
      FROM rooms r JOIN users u ON u.id = CASE WHEN r.direct_low = ?2 THEN r.direct_high ELSE r.direct_low END
      WHERE r.id = ?1
      """)
}
