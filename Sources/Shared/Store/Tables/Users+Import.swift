// Accounts that come from another system.
public import Domain
public import SQL

extension Users {
  /// Whether an account was made from a line with this digest, even if it has been deleted since.
  public static func isImported(_ digest: Int64, _ database: Database) throws -> Bool {
    try database.first("SELECT 1 FROM users WHERE import_digest = ?", .integer(digest)) { _ in true } ?? false
  }

  /// Makes an account. Its name and address must be free.
  public static func insert(
    _ account: ImportedAccount, id: PublicID, digest: Int64, at now: Timestamp, _ transaction: Transaction
  ) throws -> User {
    let createdAt = account.createdAt ?? now
    let number = try transaction.database.first(
      """
      INSERT INTO users (public_id, username, display_name, email, email_verified_at, password_hash, created_at, import_digest)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
      """, .text(id.text), .text(account.username.text), .text(account.displayName), .optional(account.email?.text),
      .optional(account.isEmailVerified ? now.milliseconds : nil), .optional(account.passwordHash), .integer(createdAt.milliseconds),
      .integer(digest)
    ) { $0.integer(0) }
    let user = User(
      rowID: UserRowID(number ?? 0), id: id, username: account.username.text, displayName: account.displayName, statusText: "",
      createdAt: createdAt)
    try NameIndex.users.set(NameIndex.text(ofUser: user.username, user.displayName), of: user.rowID.value, transaction)
    return user
  }
}
