// Public rooms by name, and the default rooms of new users.
public import Domain
public import SQL

extension Rooms {
  public static func defaults(_ database: Database) throws -> [(rowID: RoomRowID, id: PublicID)] {
    try database.all("SELECT id, public_id FROM rooms WHERE is_default = 1 ORDER BY id") {
      (RoomRowID($0.integer(0)), PublicID(trusted: $0.text(1)))
    }
  }

  public static func setDefault(_ isDefault: Bool, _ room: RoomRowID, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE rooms SET is_default = ? WHERE id = ?", .integer(isDefault ? 1 : 0), .integer(room.value))
  }

  /// Public rooms with this id or exactly this name; a few are enough to see that a name is not unique.
  public static func publicRooms(named nameOrID: String, _ database: Database) throws -> [Room] {
    try database.all(selectByName, .text(nameOrID), .integer(RoomKind.public.rawValue)) { row in
      var columns = row.columns()
      return columns.room()
    }
  }
}

// MARK: Statements

extension Rooms {
  private static let selectByName = Statement(
    composing: """
      SELECT \(ColumnList.room)
      FROM rooms r LEFT JOIN users creator ON creator.id = r.created_by
      WHERE r.kind = ?2 AND (r.public_id = ?1 OR r.name = ?1) ORDER BY r.id LIMIT 5
      """)
}
