// User accounts.
public import Domain
public import SQL

public enum Users {
  /// Reads a row that begins with the columns of a user.
  static func user(_ row: Row) -> User {
    var columns = row.columns()
    return columns.user()
  }

  /// Without a password the user signs in through somebody who vouches for them.
  public static func insert(
    id: PublicID, username: Username, displayName: String, email: EmailAddress?, pendingEmail: EmailAddress? = nil, passwordHash: String?,
    at now: Timestamp, _ transaction: Transaction
  ) throws -> User {
    let number = try transaction.database.first(
      """
      INSERT INTO users (public_id, username, display_name, email, pending_email, password_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
      RETURNING id
      """,
      .text(id.text), .text(username.text), .text(displayName), .optional(email?.text), .optional(pendingEmail?.text),
      .optional(passwordHash), .integer(now.milliseconds)
    ) { $0.integer(0) }
    let user = User(
      rowID: UserRowID(number ?? 0), id: id, username: username.text, displayName: displayName, statusText: "",
      createdAt: now)
    try NameIndex.users.set(NameIndex.text(ofUser: user.username, user.displayName), of: user.rowID.value, transaction)
    return user
  }

  public static func exists(username: Username, _ database: Database) throws -> Bool {
    try database.first("SELECT 1 FROM users WHERE username = ?", .text(username.text)) { _ in true } ?? false
  }

  public static func exists(email: EmailAddress, _ database: Database) throws -> Bool {
    try database.first("SELECT 1 FROM users WHERE email = ?", .text(email.text)) { _ in true } ?? false
  }

  /// By user name or, if it has an @, by e-mail address; both are stored folded to lower case.
  public static func credentials(login: String, _ database: Database) throws -> Credentials? {
    let folded = login.lowercased()
    return try database.first(folded.contains("@") ? selectByEmail : selectByUsername, .text(folded), read: credentials)
  }

  static func credentials(_ row: Row) -> Credentials {
    var columns = row.columns()
    return Credentials(user: columns.user(), passwordHash: columns.optionalText(), isSuspended: columns.optionalInteger() != nil)
  }

  public static func find(_ id: PublicID, _ database: Database) throws -> User? {
    try database.first(selectByPublicID, .text(id.text)) { user($0) }
  }

  /// Users whose name begins with `prefix`, by name, after the user `cursor` (0: from the first).
  public static func list(prefix: String, after cursor: Int64, limit: Int, _ database: Database) throws -> [User] {
    // Names are ASCII: DEL sorts after every character of a name.
    let prefix = prefix.lowercased()
    return try database.all(selectByPrefix, .text(prefix), .integer(cursor), .integer(Int64(limit)), .text(prefix + "\u{7f}")) { user($0) }
  }

  /// As `find`, without deleted accounts.
  public static func findPresent(_ id: PublicID, _ database: Database) throws -> User? {
    try database.first(selectUndeleted, .text(id.text)) { user($0) }
  }

  public static func email(of user: UserRowID, _ database: Database) throws -> String? {
    try database.first("SELECT email FROM users WHERE id = ?", .integer(user.value)) { $0.optionalText(0) } ?? nil
  }

  public static func setProfile(of user: User, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE users SET display_name = ?, status_text = ? WHERE id = ?", .text(user.displayName), .text(user.statusText),
      .integer(user.rowID.value))
    try NameIndex.users.set(NameIndex.text(ofUser: user.username, user.displayName), of: user.rowID.value, transaction)
  }

  public static func setPasswordHash(_ hash: String, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE users SET password_hash = ? WHERE id = ?", .text(hash), .integer(user.value))
  }

  /// The user, and the authors of the newest messages of the user's rooms.
  public static func lastAuthors(inRoomsOf user: UserRowID, limit: Int, _ database: Database) throws -> [User] {
    try database.all(selectLastAuthors, .integer(user.value), .integer(Int64(limit))) { Users.user($0) }
  }
}

// MARK: Statements

extension Users {
  private static let selectByEmail = Statement(
    composing: "SELECT \(ColumnList.user), u.password_hash, u.suspended_at FROM users u WHERE u.email = ?")

  private static let selectByUsername = Statement(
    composing: "SELECT \(ColumnList.user), u.password_hash, u.suspended_at FROM users u WHERE u.username = ?")

  private static let selectByPublicID = Statement(composing: "SELECT \(ColumnList.user) FROM users u WHERE u.public_id = ?")

  private static let selectByPrefix = Statement(
    composing: """
      SELECT \(ColumnList.user) FROM users u
      WHERE u.username >= ?1 AND u.username < ?4 AND u.deleted_at IS NULL
        AND u.username > coalesce((SELECT username FROM users WHERE id = ?2), '')
      ORDER BY u.username LIMIT ?3
      """)

  private static let selectUndeleted = Statement(
    composing: """
      SELECT \(ColumnList.user) FROM users u
      WHERE u.public_id = ? AND u.deleted_at IS NULL
      """)

  private static let selectLastAuthors = Statement(
    composing: """
      SELECT \(ColumnList.user) FROM users u
      WHERE u.id IN (
        SELECT ?1
        UNION
        SELECT coalesce(tail.author_id, message.user_id)
        FROM memberships m JOIN rooms r ON r.id = m.room_id
        LEFT JOIN messages message ON message.id = (r.id << 32 | r.last_seq) LEFT JOIN journal tail ON tail.position = r.tail_position
        WHERE m.user_id = ?1
      )
      ORDER BY u.id LIMIT ?2
      """)
}
