// The messages that users have saved for themselves.
public import Domain
public import SQL

public enum SavedMessages {
  /// Saved messages of one user.
  public static let countMax: Int64 = 1000

  public static func contains(_ id: MessageID, of user: UserRowID, _ database: Database) throws -> Bool {
    try database.first("SELECT 1 FROM saved_messages WHERE user_id = ? AND id = ?", .integer(user.value), .integer(id.row)) { _ in true }
      ?? false
  }

  public static func count(of user: UserRowID, _ database: Database) throws -> Int64 {
    try database.first("SELECT count(*) FROM saved_messages WHERE user_id = ?", .integer(user.value)) { $0.integer(0) } ?? 0
  }

  public static func insert(_ id: MessageID, of user: UserRowID, at now: Timestamp, _ transaction: Transaction) throws {
    try Messages.moveTail(with: id, transaction)
    try transaction.database.run(
      """
      INSERT INTO saved_messages (user_id, number, id, saved_at)
      VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM saved_messages WHERE user_id = ?1), ?2, ?3)
      """, .integer(user.value), .integer(id.row), .integer(now.milliseconds))
  }

  /// False if it was not saved.
  public static func delete(_ id: MessageID, of user: UserRowID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.run(
      "DELETE FROM saved_messages WHERE user_id = ? AND id = ?", .integer(user.value), .integer(id.row)) > 0
  }

  /// Deletes a message, whose words are gone, from the lists of all users.
  public static func forget(_ id: MessageID, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM saved_messages WHERE id = ?", .integer(id.row))
  }

  static func deleteAll(of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM saved_messages WHERE user_id = ?", .integer(user.value))
  }

  /// A user's saved messages, the last one saved first, of the rooms that the user is in; `cursor` is the number of the last entry of the page
  /// before.
  public static func list(of user: UserRowID, before cursor: Int64?, limit: Int, _ database: Database) throws -> [SavedMessage] {
    try database.all(
      """
      SELECT s.number, s.saved_at, m.json
      FROM saved_messages s
      JOIN memberships own ON own.room_id = s.id >> 32 AND own.user_id = s.user_id
      JOIN messages m ON m.id = s.id
      WHERE s.user_id = ? AND s.number < ? ORDER BY s.number DESC LIMIT ?
      """, .integer(user.value), .integer(cursor ?? .max), .integer(Int64(limit))
    ) { row in
      var columns = row.columns()
      return SavedMessage(number: columns.integer(), savedAt: columns.time(), json: columns.bytes())
    }
  }

  /// All messages that a user has saved, in rooms they have left, too.
  public static func places(of user: UserRowID, _ database: Database) throws -> [SavedPlace] {
    try database.all(
      "SELECT r.public_id, s.id, s.saved_at FROM saved_messages s JOIN rooms r ON r.id = s.id >> 32 WHERE s.user_id = ? ORDER BY s.number",
      .integer(user.value)
    ) { row in
      var columns = row.columns()
      return SavedPlace(roomID: columns.publicID(), seq: MessageID(row: columns.integer()).seq, savedAt: columns.time())
    }
  }

  /// Deletes up to `limit` of a room that is gone; false if there are none left.
  static func purge(_ room: RoomRowID, limit: Int, _ transaction: Transaction) throws -> Bool {
    let range = room.messageRows
    return try transaction.database.run(
      """
      DELETE FROM saved_messages WHERE (user_id, number) IN (
        SELECT user_id, number FROM saved_messages WHERE id BETWEEN ? AND ? LIMIT ?)
      """, .integer(range.lowerBound), .integer(range.upperBound), .integer(Int64(limit))) > 0
  }
}
