// The members of rooms.
public import Domain
public import SQL

public enum Memberships {
  /// Nil if there is no such room.
  public static func access(of user: UserRowID, to room: PublicID, _ database: Database) throws -> RoomAccess? {
    try database.first(
      "SELECT r.id, r.kind, m.role FROM rooms r LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ? WHERE r.public_id = ?",
      .integer(user.value), .text(room.text)
    ) { row in
      RoomAccess(
        room: RoomRowID(row.integer(0)), kind: RoomKind(rawValue: row.integer(1)) ?? .group,
        role: row.optionalInteger(2).flatMap(Role.init(rawValue:)))
    }
  }

  /// Adds a member whose read markers are at the room's newest message, or at `readSeq`. False if the user already is a member, or has
  /// deleted the account: a concurrent request must not make a deleted user a member.
  public static func insert(
    _ room: RoomRowID, _ user: UserRowID, role: Role, isAdded: Bool = false, readSeq: Int64? = nil, at now: Timestamp,
    _ transaction: Transaction
  ) throws -> Bool {
    let inserted = try transaction.database.first(
      """
      INSERT INTO memberships (room_id, user_id, role, joined_at, added, joined_seq, delivered_seq, preview_seq, read_seq)
      SELECT id, ?2, ?3, ?4, ?5, coalesce(?6, last_seq), coalesce(?6, last_seq), coalesce(?6, last_seq), coalesce(?6, last_seq)
      FROM rooms WHERE id = ?1
        AND NOT EXISTS (SELECT 1 FROM users WHERE id = ?2 AND deleted_at IS NOT NULL)
      ON CONFLICT (room_id, user_id) DO NOTHING RETURNING 1
      """, .integer(room.value), .integer(user.value), .integer(role.rawValue), .integer(now.milliseconds), .integer(isAdded ? 1 : 0),
      .optional(readSeq)
    ) { _ in true }
    guard inserted != nil else { return false }
    try transaction.database.run("UPDATE rooms SET member_count = member_count + 1, emptied_at = NULL WHERE id = ?", .integer(room.value))
    return true
  }

  /// False if the user was not a member. A group or public room that is empty now notes since when.
  public static func delete(_ room: RoomRowID, _ user: UserRowID, _ transaction: Transaction) throws -> Bool {
    try Drafts.forget(room, of: user, transaction)
    let deleted = try transaction.database.first(
      "DELETE FROM memberships WHERE room_id = ? AND user_id = ? RETURNING 1", .integer(room.value), .integer(user.value)
    ) { _ in true }
    guard deleted != nil else { return false }
    try transaction.database.run(
      "UPDATE rooms SET member_count = member_count - 1, emptied_at = CASE WHEN member_count = 1 AND kind <> ?2 THEN ?3 END WHERE id = ?1",
      .integer(room.value), .integer(RoomKind.direct.rawValue), .integer(transaction.now.milliseconds))
    return true
  }

  public static func setRole(_ room: RoomRowID, _ user: UserRowID, to role: Role, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE memberships SET role = ? WHERE room_id = ? AND user_id = ?", .integer(role.rawValue), .integer(room.value),
      .integer(user.value))
  }

  public static func role(of user: UserRowID, in room: RoomRowID, _ database: Database) throws -> Role? {
    try database.first(
      "SELECT role FROM memberships WHERE room_id = ? AND user_id = ?", .integer(room.value), .integer(user.value)
    ) { Role(rawValue: $0.integer(0)) } ?? nil
  }

  /// The rooms that a user is in, with their public names.
  public static func rooms(of user: UserRowID, _ database: Database) throws -> [(rowID: RoomRowID, id: PublicID)] {
    try database.all(
      "SELECT r.id, r.public_id FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE m.user_id = ?", .integer(user.value)
    ) { (RoomRowID($0.integer(0)), PublicID(trusted: $0.text(1))) }
  }
}
