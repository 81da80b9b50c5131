// Accounts, for the operator.
public import Domain
public import SQL

extension Users {
  /// Nil also for the name of a deleted account.
  public static func find(username: Username, _ database: Database) throws -> User? {
    try database.first(
      selectByUsername,
      .text(username.text)
    ) { user($0) }
  }

  /// False if the user was suspended already.
  public static func suspend(_ user: UserRowID, at now: Timestamp, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(
      "UPDATE users SET suspended_at = ? WHERE id = ? AND suspended_at IS NULL RETURNING 1", .integer(now.milliseconds),
      .integer(user.value)
    ) { _ in true } ?? false
  }

  /// False if the user was not suspended.
  public static func unsuspend(_ user: UserRowID, _ transaction: Transaction) throws -> Bool {
    try transaction.database.first(
      "UPDATE users SET suspended_at = NULL WHERE id = ? AND suspended_at IS NOT NULL RETURNING 1", .integer(user.value)
    ) { _ in true } ?? false
  }

  public static func account(_ username: Username, _ database: Database) throws -> Account? {
    try find(username: username, database).flatMap { try account(of: $0, database) }
  }

  public static func account(_ id: PublicID, _ database: Database) throws -> Account? {
    try findPresent(id, database).flatMap { try account(of: $0, database) }
  }

  private static func account(of user: User, _ database: Database) throws -> Account? {
    try accounts(after: user.rowID.value - 1, limit: 1, database).first
  }

  /// By the order in which they were made, without those that were deleted.
  public static func accounts(after cursor: Int64, limit: Int, _ database: Database) throws -> [Account] {
    try database.all(selectAccounts, .integer(cursor), .integer(Int64(limit))) { row in
      var columns = row.columns()
      return Account(
        user: columns.user(), email: columns.optionalText(), suspendedAt: columns.optionalTime(), isOperator: columns.bool(),
        isSystem: columns.bool(), sessions: columns.integer(), rooms: columns.integer())
    }
  }
}

// MARK: Statements

extension Users {
  private static let selectByUsername = Statement(
    composing: "SELECT \(ColumnList.user) FROM users u WHERE u.username = ? AND u.deleted_at IS NULL")

  private static let selectAccounts = Statement(
    composing: """
      SELECT \(ColumnList.user), u.email, u.suspended_at, u.is_operator, u.is_system,
        (SELECT count(*) FROM sessions s WHERE s.user_id = u.id), (SELECT count(*) FROM memberships m WHERE m.user_id = u.id)
      FROM users u WHERE u.id > ? AND u.deleted_at IS NULL ORDER BY u.id LIMIT ?
      """)
}
