// Single-use tokens that are sent by mail, and how much mail an address gets.
public import Domain
public import SQL

public enum AccountTokens {
  /// `email`: where it is sent; nil if the operator gets it.
  public static func insert(
    _ hash: [UInt8], _ kind: AccountTokenKind, of user: UserRowID, email: EmailAddress?, at now: Timestamp, expiresAt: Timestamp,
    _ transaction: Transaction
  ) throws {
    try transaction.database.run(
      "INSERT INTO account_tokens (hash, kind, user_id, email, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)", .blob(hash),
      .integer(kind.rawValue), .integer(user.value), .optional(email?.text), .integer(now.milliseconds), .integer(expiresAt.milliseconds))
  }

  /// Nil if it does not exist, has expired, or is over.
  public static func find(_ hash: [UInt8], _ kind: AccountTokenKind, at now: Timestamp, _ database: Database) throws -> AccountToken? {
    try database.first(selectByHash, .blob(hash), .integer(kind.rawValue), .integer(now.milliseconds)) { row in
      var columns = row.columns()
      return AccountToken(user: columns.user(), isSuspended: columns.optionalInteger() != nil, email: columns.optionalText())
    }
  }

  /// Ends all tokens of a user: of one kind, or all.
  public static func end(of user: UserRowID, only kind: AccountTokenKind? = nil, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE account_tokens SET is_over = 1 WHERE user_id = ?1 AND kind = coalesce(?2, kind) AND is_over = 0", .integer(user.value),
      .optional(kind?.rawValue))
  }

  /// When the `count`th newest token of a user and kind was made; nil if there are fewer. Those that are over count as well.
  public static func time(
    ofNewest count: Int, _ kind: AccountTokenKind, of user: UserRowID, _ database: Database
  ) throws -> Timestamp? {
    try database.first(
      "SELECT created_at FROM account_tokens WHERE user_id = ? AND kind = ? ORDER BY created_at DESC LIMIT 1 OFFSET ?",
      .integer(user.value), .integer(kind.rawValue), .integer(Int64(count - 1))
    ) { Timestamp(milliseconds: $0.integer(0)) }
  }

  /// Counts a mail to an address, by its hash, unless there were `countMax` since `start`. False if there were.
  public static func admitMail(
    to address: [UInt8], countMax: Int64, since start: Timestamp, at now: Timestamp, _ transaction: Transaction
  ) throws -> Bool {
    let database = transaction.database
    let count = try database.first(
      "SELECT count(*) FROM mail_times WHERE address = ? AND sent_at > ?", .blob(address), .integer(start.milliseconds)
    ) { $0.integer(0) }
    guard count ?? 0 < countMax else { return false }
    try database.run("INSERT INTO mail_times (address, sent_at) VALUES (?, ?)", .blob(address), .integer(now.milliseconds))
    return true
  }

  /// Removes what has expired, and the times of mails up to `mailsBefore`.
  public static func sweep(at now: Timestamp, mailsBefore: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM account_tokens WHERE expires_at <= ?", .integer(now.milliseconds))
    try transaction.database.run("DELETE FROM mail_times WHERE sent_at <= ?", .integer(mailsBefore.milliseconds))
  }
}

// MARK: Statements

extension AccountTokens {
  private static let selectByHash = Statement(
    composing: """
      SELECT \(ColumnList.user), u.suspended_at, t.email FROM account_tokens t JOIN users u ON u.id = t.user_id
      WHERE t.hash = ? AND t.kind = ? AND t.expires_at > ? AND t.is_over = 0 AND u.deleted_at IS NULL
      """)
}
