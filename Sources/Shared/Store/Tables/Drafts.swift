// The drafts of members.
public import Domain
public import SQL

public enum Drafts {
  /// Stores the draft of a member, in the place of the one before.
  public static func set(_ room: RoomRowID, _ user: UserRowID, _ draft: Draft, _ transaction: Transaction) throws {
    try transaction.database.run(
      """
      INSERT INTO drafts (room_id, user_id, content, reply_to, updated_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (room_id, user_id) DO UPDATE
        SET content = excluded.content, reply_to = excluded.reply_to, updated_at = excluded.updated_at
      """, .integer(room.value), .integer(user.value), .text(draft.content), .optional(draft.replyTo),
      .integer(draft.updatedAt.milliseconds))
  }

  /// False if there was none.
  public static func delete(_ room: RoomRowID, _ user: UserRowID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.run(
      "DELETE FROM drafts WHERE room_id = ? AND user_id = ?", .integer(room.value), .integer(user.value)) > 0
  }

  /// Nil if there is none.
  public static func find(_ room: RoomRowID, _ user: UserRowID, _ database: Database) throws -> Draft? {
    try database.first(
      "SELECT content, reply_to, updated_at FROM drafts WHERE room_id = ? AND user_id = ?", .integer(room.value), .integer(user.value)
    ) { row in
      var columns = row.columns()
      return columns.draft()
    }
  }

  /// Removes the words of the draft of a member (nil: of all members) from the journal, before the membership is deleted.
  static func forget(_ room: RoomRowID, of user: UserRowID?, _ transaction: Transaction) throws {
    let users =
      try user.map { [$0.value] }
      ?? transaction.database.all("SELECT user_id FROM drafts WHERE room_id = ?", .integer(room.value)) { $0.integer(0) }
    for user in users { try Journal.deleteUserScoped(.draftUpdated, room: room, user: UserRowID(user), transaction) }
  }
}
