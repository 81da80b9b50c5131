// Who is an operator, and the user in whose name the service speaks.
public import Domain
public import SQL

extension Users {
  /// Whether a user is an operator who can act: a suspended or deleted account is none.
  public static func isOperator(_ user: UserRowID, _ database: Database) throws -> Bool {
    try database.first(
      "SELECT 1 FROM users WHERE id = ? AND is_operator = 1 AND suspended_at IS NULL AND deleted_at IS NULL", .integer(user.value)
    ) { _ in true } ?? false
  }

  /// Makes a user an operator, or no longer one; the registration codes of a former one go. False if nothing changes.
  public static func setOperator(_ isOperator: Bool, _ user: UserRowID, _ transaction: Transaction) throws -> Bool {
    let changed = try transaction.database.run(
      "UPDATE users SET is_operator = ?1 WHERE id = ?2 AND is_operator <> ?1", .integer(isOperator ? 1 : 0), .integer(user.value))
    if !isOperator { try RegistrationCodes.delete(of: user, transaction) }
    return changed > 0
  }

  /// The user in whose name the service speaks; nil if it never has.
  public static func system(_ database: Database) throws -> User? {
    try database.first(selectSystem) { user($0) }
  }

  /// Marks a user as the one in whose name the service speaks.
  public static func setSystem(_ user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE users SET is_system = 1 WHERE id = ?", .integer(user.value))
  }

  /// Changes a user's name, which nobody else may have.
  public static func rename(_ user: User, to username: Username, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE users SET username = ? WHERE id = ?", .text(username.text), .integer(user.rowID.value))
    try NameIndex.users.set(NameIndex.text(ofUser: username.text, user.displayName), of: user.rowID.value, transaction)
  }
}

// MARK: Statements

extension Users {
  private static let selectSystem = Statement(composing: "SELECT \(ColumnList.user) FROM users u WHERE u.is_system = 1")
}
