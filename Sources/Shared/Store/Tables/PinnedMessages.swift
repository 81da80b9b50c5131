// The messages that are pinned in their rooms.
public import Domain
public import SQL

public enum PinnedMessages {
  /// Pinned messages of one room.
  public static let countMax: Int64 = 100

  public static func contains(_ id: MessageID, _ database: Database) throws -> Bool {
    try database.first("SELECT 1 FROM pinned_messages WHERE id = ?", .integer(id.row)) { _ in true } ?? false
  }

  public static func count(in room: RoomRowID, _ database: Database) throws -> Int64 {
    let range = room.messageRows
    return try database.first(
      "SELECT count(*) FROM pinned_messages WHERE id BETWEEN ? AND ?", .integer(range.lowerBound), .integer(range.upperBound)
    ) { $0.integer(0) } ?? 0
  }

  public static func insert(_ id: MessageID, by user: UserRowID, at now: Timestamp, _ transaction: Transaction) throws {
    try Messages.moveTail(with: id, transaction)
    try transaction.database.run(
      "INSERT INTO pinned_messages (id, user_id, pinned_at) VALUES (?, ?, ?)", .integer(id.row), .integer(user.value),
      .integer(now.milliseconds))
  }

  /// False if it was not pinned.
  public static func delete(_ id: MessageID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.run("DELETE FROM pinned_messages WHERE id = ?", .integer(id.row)) > 0
  }

  /// A room's pinned messages, the last one pinned first.
  public static func list(in room: RoomRowID, _ database: Database) throws -> [PinnedMessage] {
    let range = room.messageRows
    return try database.all(
      """
      SELECT u.public_id, p.pinned_at, m.json
      FROM pinned_messages p JOIN users u ON u.id = p.user_id JOIN messages m ON m.id = p.id
      WHERE p.id BETWEEN ? AND ? ORDER BY p.pinned_at DESC, p.id DESC
      """, .integer(range.lowerBound), .integer(range.upperBound)
    ) { row in
      var columns = row.columns()
      return PinnedMessage(pinnedBy: columns.publicID(), pinnedAt: columns.time(), json: columns.bytes())
    }
  }

  /// Deletes those of a room that is gone.
  static func purge(_ room: RoomRowID, _ transaction: Transaction) throws {
    let range = room.messageRows
    try transaction.database.run(
      "DELETE FROM pinned_messages WHERE id BETWEEN ? AND ?", .integer(range.lowerBound), .integer(range.upperBound))
  }
}
