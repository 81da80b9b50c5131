// Public rooms by name, and those that take in every new user.
package import Domain
package import SQL

extension Rooms {
  package static func defaults(_ database: Database) throws -> [(rowID: RoomRowID, id: PublicID)] {
    try database.all("SELECT id, public_id FROM rooms WHERE is_default = 1 ORDER BY id") {
      (RoomRowID($0.integer(0)), PublicID(trusted: $0.text(1)))
    }
  }

  package static func setDefault(_ isDefault: Bool, _ room: RoomRowID, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE rooms SET is_default = ? WHERE id = ?", .integer(isDefault ? 1 : 0), .integer(room.value))
  }

  /// Public rooms that have this id or this very name; a few are enough to see that a name is not unique.
  package static func publicRooms(named nameOrID: String, _ database: Database) throws -> [Room] {
    try database.all(
      """
      SELECT r.id, r.public_id, r.kind, r.name, r.topic, creator.public_id, r.created_at, r.member_count, r.last_seq
      FROM rooms r LEFT JOIN users creator ON creator.id = r.created_by
      WHERE r.kind = 3 AND (r.public_id = ?1 OR r.name = ?1) ORDER BY r.id LIMIT 5
      """, .text(nameOrID)
    ) { row in
      Room(
        rowID: RoomRowID(row.integer(0)), id: PublicID(trusted: row.text(1)), kind: RoomKind(rawValue: row.integer(2)) ?? .public,
        name: row.optionalText(3), topic: row.text(4), createdBy: row.optionalText(5).map { PublicID(trusted: $0) },
        createdAt: Timestamp(milliseconds: row.integer(6)), memberCount: row.integer(7), lastSeq: row.integer(8))
    }
  }
}
