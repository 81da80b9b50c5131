// The state of a room for one of its members.
public import Domain
public import SQL

extension Memberships {
  /// Nil if the user is not a member.
  public static func state(of user: UserRowID, in room: RoomRowID, _ database: Database) throws -> MemberState? {
    try database.first(selectState, .integer(room.value), .integer(user.value)) { row in
      var columns = row.columns()
      let (user, hidesReadReceipts) = (columns.user(), columns.bool())
      return MemberState(
        roomID: columns.publicID(), lastSeq: columns.integer(), memberCount: columns.integer(), user: user,
        hidesReadReceipts: hidesReadReceipts, membership: columns.membership())
    }
  }

  /// Stores a member's notification settings of a room.
  public static func setNotify(
    _ room: RoomRowID, _ user: UserRowID, level: NotifyLevel, mutedUntil: Timestamp?, _ transaction: Transaction
  ) throws {
    try transaction.database.run(
      "UPDATE memberships SET notify = ?, muted_until = ? WHERE room_id = ? AND user_id = ?", .integer(level.rawValue),
      .optional(mutedUntil?.milliseconds), .integer(room.value), .integer(user.value))
  }
}

extension Memberships {
  /// Stores from which message on a member has marked the room as unread; nil: not at all.
  public static func setMarkedUnread(_ room: RoomRowID, _ user: UserRowID, from seq: Int64?, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE memberships SET marked_unread_seq = ? WHERE room_id = ? AND user_id = ?", .optional(seq), .integer(room.value),
      .integer(user.value))
  }
}

// MARK: Statements

extension Memberships {
  private static let selectState = Statement(
    composing: """
      SELECT \(ColumnList.user), u.hides_reading, r.public_id, r.last_seq, r.member_count, \(ColumnList.membership)
      FROM memberships m JOIN users u ON u.id = m.user_id JOIN rooms r ON r.id = m.room_id WHERE m.room_id = ? AND m.user_id = ?
      """)
}
