// Accounts that are gone, and the taking of their names out of everything.
package import Domain
package import SQL

package enum Erasures {
  /// Journal entries that are looked at in one transaction.
  package static let portionEntries: Int64 = 5000

  /// Makes a user a deleted one: nothing is left of the person but the number and the id under which she spoke.
  package static func begin(
    _ user: UserRowID, username: Username, displayName: String, at now: Timestamp, _ transaction: Transaction
  ) throws {
    let database = transaction.database
    try database.run(
      """
      UPDATE users SET username = ?, display_name = ?, status_text = '', email = NULL, email_verified_at = NULL, password_hash = NULL,
        deleted_at = ? WHERE id = ?
      """, .text(username.text), .text(displayName), .integer(now.milliseconds), .integer(user.value))
    try NameIndex.users.remove(user.value, transaction)
    try database.run("DELETE FROM blocks WHERE blocker_id = ?1 OR blocked_id = ?1", .integer(user.value))
    try database.run("DELETE FROM bans WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM invites WHERE created_by = ?", .integer(user.value))
    try database.run("DELETE FROM reports WHERE reporter_id = ?", .integer(user.value))
    try database.run("DELETE FROM idempotency_keys WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM message_times WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM change_times WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM presence WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM profile_changes WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM deleted_room_members WHERE user_id = ?", .integer(user.value))
    try database.run("DELETE FROM journal WHERE kind BETWEEN 50 AND 99 AND user_id = ?", .integer(user.value))
    try database.run("INSERT INTO erasures (user_id) VALUES (?)", .integer(user.value))
  }

  /// Those that are not complete.
  package static func pending(limit: Int, _ database: Database) throws -> [UserRowID] {
    try database.all("SELECT user_id FROM erasures ORDER BY user_id LIMIT ?", .integer(Int64(limit))) { UserRowID($0.integer(0)) }
  }

  /// Nil once it is complete.
  package static func find(_ user: UserRowID, _ database: Database) throws -> Erasure? {
    try database.first(
      """
      SELECT u.id, u.public_id, u.username, u.display_name, u.status_text, u.created_at, e.message_id, e.position
      FROM erasures e JOIN users u ON u.id = e.user_id WHERE e.user_id = ?
      """, .integer(user.value)
    ) { Erasure(user: Users.user($0), message: $0.integer(6), position: $0.integer(7)) }
  }

  /// Notes that messages are done up to a row; nil: all of them.
  package static func setMessage(_ row: Int64?, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE erasures SET message_id = max(message_id, ?) WHERE user_id = ?", .integer(row ?? .max), .integer(user.value))
  }

  /// Takes the user's old names out of the next journal entries about her. False once there are no more.
  package static func redactJournal(_ erasure: Erasure, userJSON: [UInt8], _ transaction: Transaction) throws -> Bool {
    let database = transaction.database
    let last = try database.first(
      "SELECT max(position) FROM (SELECT position FROM journal WHERE position > ? ORDER BY position LIMIT ?)", .integer(erasure.position),
      .integer(portionEntries)
    ) { $0.optionalInteger(0) }
    guard let last = last ?? nil else { return false }
    try database.run(
      """
      UPDATE journal SET data = CASE kind WHEN 30 THEN ?1 ELSE json_set(data, '$.user', json(?1)) END
      WHERE position > ?2 AND position <= ?3 AND user_id = ?4 AND kind IN (20, 21, 22, 30)
      """, .utf8(userJSON), .integer(erasure.position), .integer(last), .integer(erasure.user.rowID.value))
    try database.run("UPDATE erasures SET position = ? WHERE user_id = ?", .integer(last), .integer(erasure.user.rowID.value))
    return true
  }

  package static func complete(_ user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM erasures WHERE user_id = ?", .integer(user.value))
  }
}
