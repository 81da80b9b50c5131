// Who owns rooms, and who comes next. An owner who is suspended or deleted cannot act, and so does not count.
public import Domain
public import SQL

extension Memberships {
  /// Whether a room has an owner who can act.
  public static func hasOwner(_ room: RoomRowID, _ database: Database) throws -> Bool {
    try database.first(selectActiveOwner, .integer(room.value)) { _ in true } ?? false
  }

  /// Whether a room that is to have an owner has none who can act. A direct room has no owner, and one that the operator made needs none
  /// until it has had one.
  public static func lacksOwner(_ room: RoomRowID, _ database: Database) throws -> Bool {
    try database.first(selectLacksOwner, .integer(room.value)) { _ in true } ?? false
  }

  /// The next owner of a room, among those who can act: the highest role, then the longest membership.
  public static func nextOwner(of room: RoomRowID, _ database: Database) throws -> User? {
    try database.first(selectNextOwner, .integer(room.value)) { Users.user($0) }
  }

  /// The rooms after `cursor` that lack an owner and have a member who could be it, by the order in which they were made.
  public static func roomsLackingOwner(after cursor: Int64, limit: Int, _ database: Database) throws -> [(rowID: RoomRowID, id: PublicID)] {
    try database.all(selectRoomsLackingOwner, .integer(cursor), .integer(Int64(limit))) {
      (RoomRowID($0.integer(0)), PublicID(trusted: $0.text(1)))
    }
  }
}

// MARK: Statements

extension Memberships {
  private static let canAct = "u.suspended_at IS NULL AND u.deleted_at IS NULL"
  private static let owner = Role.owner.rawValue

  /// SQL: whether a room `r` that is to have an owner has none who can act.
  private static let lacks = """
    r.kind <> \(RoomKind.direct.rawValue)
      AND (r.created_by IS NOT NULL OR EXISTS (SELECT 1 FROM memberships o WHERE o.room_id = r.id AND o.role = \(owner)))
      AND NOT EXISTS (
        SELECT 1 FROM memberships o JOIN users u ON u.id = o.user_id WHERE o.room_id = r.id AND o.role = \(owner) AND \(canAct))
    """

  private static let selectActiveOwner = Statement(
    composing: """
      SELECT 1 FROM memberships o JOIN users u ON u.id = o.user_id WHERE o.room_id = ? AND o.role = \(owner) AND \(canAct)
      """)

  private static let selectLacksOwner = Statement(composing: "SELECT 1 FROM rooms r WHERE r.id = ? AND \(lacks)")

  private static let selectNextOwner = Statement(
    composing: """
      SELECT \(ColumnList.user) FROM memberships m JOIN users u ON u.id = m.user_id
      WHERE m.room_id = ? AND \(canAct) ORDER BY m.role DESC, m.joined_at, m.user_id LIMIT 1
      """)

  private static let selectRoomsLackingOwner = Statement(
    composing: """
      SELECT r.id, r.public_id FROM rooms r WHERE r.id > ? AND \(lacks)
        AND EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.room_id = r.id AND \(canAct))
      ORDER BY r.id LIMIT ?
      """)
}
