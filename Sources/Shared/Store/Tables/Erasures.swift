// The erasure of deleted accounts: the removal of their names from messages and events, in batches.
public import Domain
public import SQL

public enum Erasures {
  /// Events read in one transaction.
  public static let batchEntries: Int64 = 5000

  /// Turns an account into a deleted one, of which only the row number and the public id are left.
  public static func begin(
    _ user: UserRowID, username: Username, displayName: String, at now: Timestamp, _ transaction: Transaction
  ) throws {
    let database = transaction.database
    try database.run(
      """
      UPDATE users SET username = ?, display_name = ?, status_text = '', email = NULL, email_verified_at = NULL,
        pending_email = NULL, password_hash = NULL, is_operator = 0, deleted_at = ? WHERE id = ?
      """, .text(username.text), .text(displayName), .integer(now.milliseconds), .integer(user.value))
    try NameIndex.users.remove(user.value, transaction)
    try database.run("DELETE FROM blocks WHERE blocker_id = ?1 OR blocked_id = ?1", .integer(user.value))
    try database.run("DELETE FROM bans WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM invites WHERE created_by = ?", .integer(user.value))
    try RegistrationCodes.delete(of: user, transaction)
    try database.run("DELETE FROM reports WHERE reporter_id = ?", .integer(user.value))
    try database.run("DELETE FROM idempotency_keys WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM account_tokens WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM known_devices WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM message_times WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM change_times WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM room_times WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM adding_times WHERE user_id = ?", .integer(user.value))
    try SavedMessages.deleteAll(of: user, transaction)
    try Mails.remove(of: user, transaction)
    try Files.setAvatar(nil, of: user, transaction)
    try Invitations.remove(of: user, transaction)
    try HostUsers.erase(user, at: now, transaction)
    try database.run("DELETE FROM presence WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM profile_changes WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM deleted_room_members WHERE user_id = ?", .integer(user.value))
    try AuditLog.forget(user, transaction)
    try Journal.deleteUserScoped(of: user, transaction)
    try database.run("INSERT INTO erasures (user_id) VALUES (?)", .integer(user.value))
  }

  /// Erasures that are not complete.
  public static func pending(limit: Int, _ database: Database) throws -> [UserRowID] {
    try database.all("SELECT user_id FROM erasures ORDER BY user_id LIMIT ?", .integer(Int64(limit))) { UserRowID($0.integer(0)) }
  }

  /// Nil once it is complete.
  public static func find(_ user: UserRowID, _ database: Database) throws -> Erasure? {
    try database.first(selectOfUser, .integer(user.value)) { row in
      var columns = row.columns()
      return Erasure(user: columns.user(), message: columns.integer(), position: columns.integer())
    }
  }

  /// Stores that messages are done up to a row; nil: all of them.
  public static func setMessage(_ row: Int64?, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(

      "UPDATE erasures SET message_id = ?1 WHERE user_id = ?2 AND message_id < ?1", .integer(row ?? .max), .integer(user.value))
  }

  /// Replaces the user's document in the next events about them: `redacted` returns the new data of an event of a kind that contains it.
  /// False once there are no more.
  public static func redactJournal(
    _ erasure: Erasure, _ transaction: Transaction, redacted: (EventKind, [UInt8]) -> [UInt8]
  ) throws -> Bool {
    let (database, user) = (transaction.database, erasure.user.rowID)
    let last = try database.first(
      "SELECT max(position) FROM (SELECT position FROM journal WHERE position > ? ORDER BY position LIMIT ?) batch",
      .integer(erasure.position), .integer(batchEntries)
    ) { $0.optionalInteger(0) }
    guard let last = last ?? nil else { return false }
    let entries = try database.all(
      selectWithDocument, .integer(erasure.position), .integer(last), .integer(user.value), read: Journal.entry)
    for entry in entries {
      try database.run(
        "UPDATE journal SET data = ? WHERE position = ?", .utf8(redacted(entry.kind, entry.data)), .integer(entry.position))
    }
    try database.run("UPDATE erasures SET position = ? WHERE user_id = ?", .integer(last), .integer(user.value))
    return true
  }

  private static let selectWithDocument = Statement(
    composing: """
      SELECT \(Journal.columns) FROM journal j WHERE j.position > ? AND j.position <= ? AND j.user_id = ?
        AND j.kind IN (\(EventKind.numbers(EventKind.allCases.filter { $0.userDocument != .none })))
      """)

  public static func complete(_ user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM erasures WHERE user_id = ?", .integer(user.value))
  }
}

// MARK: Statements

extension Erasures {
  private static let selectOfUser = Statement(
    composing: """
      SELECT \(ColumnList.user), e.message_id, e.position
      FROM erasures e JOIN users u ON u.id = e.user_id WHERE e.user_id = ?
      """)
}
