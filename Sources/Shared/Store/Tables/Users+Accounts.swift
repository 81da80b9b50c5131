// Accounts as the operator sees them.
package import Domain
package import SQL

extension Users {
  package static func find(username: Username, _ database: Database) throws -> User? {
    try database.first(
      "SELECT u.id, u.public_id, u.username, u.display_name, u.status_text, u.created_at FROM users u WHERE u.username = ?",
      .text(username.text)
    ) { user($0) }
  }

  /// False if she was suspended already.
  package static func suspend(_ user: UserRowID, at now: Timestamp, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(
      "UPDATE users SET suspended_at = ? WHERE id = ? AND suspended_at IS NULL RETURNING 1", .integer(now.milliseconds),
      .integer(user.value)
    ) { _ in true } ?? false
  }

  /// False if she was not suspended.
  package static func unsuspend(_ user: UserRowID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(
      "UPDATE users SET suspended_at = NULL WHERE id = ? AND suspended_at IS NOT NULL RETURNING 1", .integer(user.value)
    ) { _ in true } ?? false
  }

  package static func account(_ username: Username, _ database: Database) throws -> Account? {
    guard let user = try find(username: username, database) else { return nil }
    return try accounts(after: user.rowID.value - 1, limit: 1, database).first
  }

  /// By the order in which they were made, without those that were deleted.
  package static func accounts(after cursor: Int64, limit: Int, _ database: Database) throws -> [Account] {
    try database.all(
      """
      SELECT u.id, u.public_id, u.username, u.display_name, u.status_text, u.created_at, u.email, u.suspended_at,
        (SELECT count(*) FROM sessions s WHERE s.user_id = u.id), (SELECT count(*) FROM memberships m WHERE m.user_id = u.id)
      FROM users u WHERE u.id > ? AND u.deleted_at IS NULL ORDER BY u.id LIMIT ?
      """, .integer(cursor), .integer(Int64(limit))
    ) { row in
      Account(
        user: user(row), email: row.optionalText(6), suspendedAt: row.optionalInteger(7).map { Timestamp(milliseconds: $0) },
        sessions: row.integer(8), rooms: row.integer(9))
    }
  }
}
