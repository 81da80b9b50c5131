// Rooms without members.
public import Domain
public import SQL

extension Rooms {
  public static func memberCount(of room: RoomRowID, _ database: Database) throws -> Int64 {
    try database.first("SELECT member_count FROM rooms WHERE id = ?", .integer(room.value)) { $0.integer(0) } ?? 0
  }

  /// Whether a room ends with its last member, who is gone: a group does. A direct room does once one of the two has deleted the account:
  /// until then either may open it again. A public room waits for new members.
  public static func endsEmpty(_ room: RoomRowID, _ database: Database) throws -> Bool {
    try database.first(selectEndsEmpty, .integer(room.value)) { _ in true } ?? false
  }

  /// The direct rooms of a user that nobody is in.
  public static func emptyDirects(of user: UserRowID, _ database: Database) throws -> [PublicID] {
    try database.all(
      """
      SELECT public_id FROM rooms WHERE direct_low = ?1 AND member_count = 0
      UNION ALL SELECT public_id FROM rooms WHERE direct_high = ?1 AND member_count = 0
      """, .integer(user.value)
    ) { PublicID(trusted: $0.text(0)) }
  }

  /// Rooms that have been empty too long: groups at all, public rooms that a user made and that are no default rooms since `time`.
  public static func emptied(before time: Timestamp, limit: Int, _ database: Database) throws -> [PublicID] {
    try database.all(selectEmptied, .integer(time.milliseconds), .integer(Int64(limit))) { PublicID(trusted: $0.text(0)) }
  }

  /// A room without regard to who asks.
  public static func find(_ id: PublicID, _ database: Database) throws -> Room? {
    try database.first(selectRoom, .text(id.text)) { row in
      var columns = row.columns()
      return columns.room()
    }
  }
}

// MARK: Statements

extension Rooms {
  private static let selectEndsEmpty = Statement(
    composing: """
      SELECT 1 FROM rooms r WHERE r.id = ? AND r.member_count = 0 AND (r.kind = \(RoomKind.group.rawValue) OR EXISTS (
        SELECT 1 FROM users u WHERE u.id IN (r.direct_low, r.direct_high) AND u.deleted_at IS NOT NULL))
      """)

  private static let selectEmptied = Statement(
    composing: """
      SELECT r.public_id FROM rooms r
      WHERE r.emptied_at IS NOT NULL AND r.member_count = 0 AND (r.kind <> \(RoomKind.public.rawValue)
        OR (r.emptied_at <= ?1 AND r.is_default = 0 AND r.created_by IS NOT NULL))
      LIMIT ?2
      """)

  private static let selectRoom = Statement(
    composing: "SELECT \(ColumnList.room) FROM rooms r LEFT JOIN users creator ON creator.id = r.created_by WHERE r.public_id = ?")
}
