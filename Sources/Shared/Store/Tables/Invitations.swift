// Invitations of users to rooms. The event of an invitation is in the journal only as long as the invitation is open.
public import Domain
public import SQL

public enum Invitations {
  public static func insert(_ invitation: Invitation, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      """
      INSERT INTO invitations (user_id, room_id, invited_by, role, created_at, expires_at, position) VALUES (?, ?, ?, ?, ?, ?, ?)
      """, .integer(user.value), .integer(invitation.room.rowID.value), .integer(invitation.invitedBy.rowID.value),
      .integer(invitation.role.rawValue), .integer(invitation.createdAt.milliseconds), .integer(invitation.expiresAt.milliseconds),
      .integer(invitation.position))
  }

  /// Whether the user has an invitation to the room that has not expired, open or declined.
  public static func exists(_ user: UserRowID, in room: RoomRowID, at now: Timestamp, _ database: Database) throws -> Bool {
    try database.first(
      "SELECT 1 FROM invitations WHERE user_id = ? AND room_id = ? AND expires_at > ?", .integer(user.value), .integer(room.value),
      .integer(now.milliseconds)
    ) { _ in true } ?? false
  }

  /// The user's open invitation to a room; nil if there is none.
  public static func find(of user: UserRowID, to room: PublicID, at now: Timestamp, _ database: Database) throws -> Invitation? {
    try database.first(selectToRoom, .integer(user.value), .integer(now.milliseconds), .text(room.text), read: invitation)
  }

  /// The user's open invitations, newest first; `cursor` is the position of the last one of the page before.
  public static func list(
    of user: UserRowID, at now: Timestamp, before cursor: Int64, limit: Int, _ database: Database
  ) throws -> [Invitation] {
    try database.all(
      selectOfUser, .integer(user.value), .integer(now.milliseconds), .integer(cursor), .integer(Int64(limit)), read: invitation)
  }

  /// The user's invitations that have neither been declined nor expired.
  public static func count(of user: UserRowID, at now: Timestamp, _ database: Database) throws -> Int64 {
    try database.first(
      "SELECT count(*) FROM invitations WHERE user_id = ? AND declined_at IS NULL AND expires_at > ?", .integer(user.value),
      .integer(now.milliseconds)
    ) { $0.integer(0) } ?? 0
  }

  /// Marks an invitation as declined; its event goes.
  public static func decline(_ user: UserRowID, in room: RoomRowID, at now: Timestamp, _ transaction: Transaction) throws {
    let database = transaction.database
    try database.run(
      "DELETE FROM journal WHERE position IN (SELECT position FROM invitations WHERE user_id = ? AND room_id = ?)", .integer(user.value),
      .integer(room.value))
    try database.run(
      "UPDATE invitations SET declined_at = ? WHERE user_id = ? AND room_id = ?", .integer(now.milliseconds), .integer(user.value),
      .integer(room.value))
  }

  /// Removes a user's invitation to a room.
  public static func remove(_ user: UserRowID, in room: RoomRowID, _ transaction: Transaction) throws {
    try remove(ofUserInRoom, user.value, room.value, transaction)
  }

  /// Removes the invitations to a room that one user made.
  public static func remove(in room: RoomRowID, by inviter: UserRowID, _ transaction: Transaction) throws {
    try remove(inRoomByInviter, room.value, inviter.value, transaction)
  }

  /// Removes all invitations to a room.
  static func remove(in room: RoomRowID, _ transaction: Transaction) throws {
    try remove(inRoom, room.value, transaction)
  }

  /// Removes the invitations between two users.
  public static func remove(between a: UserRowID, _ b: UserRowID, _ transaction: Transaction) throws {
    for (one, other) in [(a, b), (b, a)] { try remove(ofUserByInviter, one.value, other.value, transaction) }
  }

  /// Removes the invitations of a user and those that they made.
  static func remove(of user: UserRowID, _ transaction: Transaction) throws {
    try remove(concerning, user.value, transaction)
  }

  /// Removes what has expired.
  public static func sweep(at now: Timestamp, _ transaction: Transaction) throws {
    try remove(expired, now.milliseconds, transaction)
  }

  private static func remove(_ deletion: Deletion, _ value: Int64, _ transaction: Transaction) throws {
    for sql in deletion { try transaction.database.run(sql, .integer(value)) }
  }

  private static func remove(_ deletion: Deletion, _ first: Int64, _ second: Int64, _ transaction: Transaction) throws {
    for sql in deletion { try transaction.database.run(sql, .integer(first), .integer(second)) }
  }

  private static func invitation(_ row: Row) -> Invitation {
    var columns = row.columns()
    return Invitation(
      room: columns.room(), invitedBy: columns.user(), role: columns.role(), createdAt: columns.time(), expiresAt: columns.time(),
      position: columns.integer())
  }
}

// MARK: Statements

extension Invitations {
  /// Removes the events of the invitations that match, then the invitations.
  private typealias Deletion = [Statement]

  private static func deletion(where condition: String) -> Deletion {
    [
      Statement(composing: "DELETE FROM journal WHERE position IN (SELECT position FROM invitations WHERE \(condition))"),
      Statement(composing: "DELETE FROM invitations WHERE \(condition)"),
    ]
  }

  private static let ofUserInRoom = deletion(where: "user_id = ?1 AND room_id = ?2")
  private static let inRoomByInviter = deletion(where: "room_id = ?1 AND invited_by = ?2")
  private static let inRoom = deletion(where: "room_id = ?1")
  private static let ofUserByInviter = deletion(where: "user_id = ?1 AND invited_by = ?2")
  private static let concerning = deletion(where: "user_id = ?1 OR invited_by = ?1")
  private static let expired = deletion(where: "expires_at <= ?1")

  /// Open ones: the inviter may still add members. The role is that of the invitation if the inviter may still give it, else member.
  private static let open = """
    SELECT \(ColumnList.room), \(ColumnList.user),
      CASE WHEN m.role = \(Role.owner.rawValue) THEN v.role ELSE \(Role.member.rawValue) END, v.created_at, v.expires_at, v.position
    FROM invitations v
    JOIN rooms r ON r.id = v.room_id
    JOIN users u ON u.id = v.invited_by AND u.suspended_at IS NULL
    JOIN memberships m ON m.room_id = v.room_id AND m.user_id = v.invited_by
      AND (r.kind = \(RoomKind.direct.rawValue) OR m.role >= \(Role.moderator.rawValue))
    LEFT JOIN users creator ON creator.id = r.created_by
    WHERE v.user_id = ?1 AND v.declined_at IS NULL AND v.expires_at > ?2
    """
  private static let selectToRoom = Statement(composing: "\(open) AND r.public_id = ?3")
  private static let selectOfUser = Statement(composing: "\(open) AND v.position < ?3 ORDER BY v.position DESC LIMIT ?4")
}
