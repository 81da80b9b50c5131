// What a room means to one of its members.
package import Domain
package import SQL

extension Memberships {
  /// Nil if she is not a member.
  package static func state(of user: UserRowID, in room: RoomRowID, _ database: Database) throws -> MemberState? {
    try database.first(
      """
      SELECT u.id, u.public_id, u.username, u.display_name, u.status_text, u.created_at, u.hides_reading,
        r.public_id, r.last_seq, r.member_count, m.role, m.delivered_seq, m.preview_seq, m.read_seq, m.mentions, m.notify, m.muted_until
      FROM memberships m JOIN users u ON u.id = m.user_id JOIN rooms r ON r.id = m.room_id WHERE m.room_id = ? AND m.user_id = ?
      """, .integer(room.value), .integer(user.value)
    ) { row in
      MemberState(
        roomID: PublicID(trusted: row.text(7)), lastSeq: row.integer(8), memberCount: row.integer(9), user: Users.user(row),
        hidesReadReceipts: row.integer(6) == 1,
        membership: Membership(
          role: Role(rawValue: row.integer(10)) ?? .member,
          marks: ReadMarkers(deliveredSeq: row.integer(11), previewSeq: row.integer(12), readSeq: row.integer(13)),
          mentions: row.integer(14),
          notify: NotifyLevel(rawValue: row.integer(15)) ?? .all,
          mutedUntil: row.optionalInteger(16).map { Timestamp(milliseconds: $0) }))
    }
  }

  /// How loud a room is to a member.
  package static func setNotify(
    _ room: RoomRowID, _ user: UserRowID, level: NotifyLevel, mutedUntil: Timestamp?, _ transaction: Transaction
  ) throws {
    try transaction.database.run(
      "UPDATE memberships SET notify = ?, muted_until = ? WHERE room_id = ? AND user_id = ?", .integer(level.rawValue),
      .optional(mutedUntil?.milliseconds), .integer(room.value), .integer(user.value))
  }
}
