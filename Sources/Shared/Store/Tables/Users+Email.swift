// The e-mail addresses of accounts.
public import Domain
public import SQL

extension Users {
  /// What only the user sees of their account.
  public static func ownAccount(of user: UserRowID, _ database: Database) throws -> OwnAccount? {
    try database.first(
      "SELECT email, email_verified_at, pending_email, hides_reading, is_operator FROM users WHERE id = ?", .integer(user.value)
    ) { row in
      var columns = row.columns()
      let email = AccountEmail(
        address: columns.optionalText(), isVerified: columns.optionalInteger() != nil, pending: columns.optionalText())
      return OwnAccount(email: email, hidesReadReceipts: columns.bool(), isOperator: columns.bool())
    }
  }

  public static func accountEmail(of user: UserRowID, _ database: Database) throws -> AccountEmail {
    try ownAccount(of: user, database)?.email ?? AccountEmail(address: nil, isVerified: false, pending: nil)
  }

  /// The account that an address belongs to, and whether its user has verified it.
  public static func owner(of address: EmailAddress, _ database: Database) throws -> (user: User, isVerified: Bool)? {
    try database.first(selectOwner, .text(address.text)) { row in
      var columns = row.columns()
      return (columns.user(), columns.optionalInteger() != nil)
    }
  }

  /// Whose password may be reset by a mail to an address: the account that it belongs to, or else the only one without an address for which
  /// it is pending. Nil if that is suspended, or has no password because somebody else signs its user in. One that was imported or made by an
  /// operator gets its first password so.
  public static func resettable(by address: EmailAddress, _ database: Database) throws -> User? {
    func find(_ statement: Statement) throws -> [(user: User, isResettable: Bool)] {
      try database.all(statement, .text(address.text)) { row in
        var columns = row.columns()
        return (columns.user(), columns.bool())
      }
    }
    let owners = try find(selectResettable)
    let candidates = try owners.isEmpty ? find(selectResettablePending) : owners
    guard candidates.count == 1, let only = candidates.first, only.isResettable else { return nil }
    return only.user
  }

  /// The credentials of the account that was registered with an address, no user name, and an Idempotency-Key.
  public static func credentials(
    registeredWith address: EmailAddress, key: ClientID, _ database: Database
  ) throws -> Credentials? {
    try database.first(selectByAddressAndKey, .text(address.text), .text(key.text), read: credentials)
  }

  /// Gives an account an address that is pending; nil: takes it away.
  public static func setPendingEmail(_ address: EmailAddress?, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE users SET pending_email = ? WHERE id = ?", .optional(address?.text), .integer(user.value))
  }

  /// Makes an address the account's own, verified at `time` or not at all. It must be nobody else's.
  public static func setEmail(_ address: EmailAddress, verifiedAt time: Timestamp?, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE users SET email = ?, email_verified_at = ?, pending_email = NULL WHERE id = ?", .text(address.text),
      .optional(time?.milliseconds), .integer(user.value))
  }

  /// Makes the account's own address a pending one, which others may have.
  public static func releaseEmail(of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE users SET pending_email = coalesce(pending_email, email), email = NULL, email_verified_at = NULL WHERE id = ?",
      .integer(user.value))
  }
}

// MARK: Statements

extension Users {
  private static let selectOwner = Statement(
    composing: "SELECT \(ColumnList.user), u.email_verified_at FROM users u WHERE u.email = ?")

  private static let isResettable = """
    u.suspended_at IS NULL AND (u.password_hash IS NOT NULL OR NOT EXISTS (SELECT 1 FROM host_users h WHERE h.user_id = u.id))
    """

  private static let selectResettable = Statement(composing: "SELECT \(ColumnList.user), \(isResettable) FROM users u WHERE u.email = ?")

  // Two tell that there are several.
  private static let selectResettablePending = Statement(
    composing: "SELECT \(ColumnList.user), \(isResettable) FROM users u WHERE u.pending_email = ? AND u.email IS NULL LIMIT 2")

  private static let selectByAddressAndKey = Statement(
    composing: """
      SELECT \(ColumnList.user), u.password_hash, u.suspended_at FROM users u
      WHERE (u.email = ?1 OR u.pending_email = ?1) AND EXISTS (
        SELECT 1 FROM idempotency_keys k WHERE k.user_id = u.id AND k.key = ?2)
      """)
}
