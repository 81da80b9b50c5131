// Reading the audit, and what becomes of its entries: they are pruned, and those of a deleted account lose what they told of it.
public import Domain
public import SQL

extension AuditLog {
  /// The newest entries that pass the filter, at most `limit` of them, oldest first.
  public static func newest(_ filter: AuditFilter, limit: Int64, _ database: Database) throws -> [AuditEntry] {
    let (since, action) = (Value.optional(filter.since?.milliseconds), Value.optional(filter.action))
    guard let user = filter.user else { return try database.all(select, since, action, .integer(limit), read: entry).reversed() }
    return try database.all(selectOfUser, since, action, .integer(limit), .integer(user.value), read: entry).reversed()
  }

  private static func entry(_ row: Row) -> AuditEntry {
    var columns = row.columns()
    let (rowID, at, action) = (columns.integer(), columns.time(), columns.text())
    let (kind, actorName, username) = (columns.integer(), columns.optionalText(), columns.optionalText())
    let actor: AuditEntry.Actor =
      switch kind {
      case 1: .user(username ?? "?")
      case 2: .commandLine(actorName ?? "?")
      case 3: .service
      default: .nobody
      }
    return AuditEntry(
      rowID: rowID, at: at, action: action, actor: actor, user: columns.optionalText(), room: columns.optionalPublicID(),
      seq: columns.optionalInteger(), address: columns.optionalText(), detail: columns.text(), count: columns.integer())
  }

  /// Deletes the oldest entries from before `time`, at most `limit` of them.
  public static func prune(before time: Timestamp, limit: Int64, _ transaction: Transaction) throws {
    try transaction.database.run(
      "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? ORDER BY at LIMIT ?)", .integer(time.milliseconds), .integer(limit))
  }

  /// Takes out of the entries by and about a user what could tell who they were: details, and the addresses of all but others who acted on
  /// them. What remains is that something was done to, or by, an account that is deleted.
  public static func forget(_ user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      """
      UPDATE audit SET detail = '', address = CASE WHEN actor_kind = 1 AND actor_id <> ?1 THEN address END
      WHERE id IN (SELECT id FROM audit WHERE actor_id = ?1 UNION SELECT id FROM audit WHERE user_id = ?1)
      """, .integer(user.value))
  }

  /// Whether a user has signed in from a network: as far as the audit and the sessions reach back.
  public static func hasSignedIn(_ user: UserRowID, from address: String, _ database: Database) throws -> Bool {
    try database.first(
      """
      SELECT 1 WHERE EXISTS (SELECT 1 FROM sessions WHERE user_id = ?1 AND address = ?2)
        OR EXISTS (SELECT 1 FROM audit WHERE actor_id = ?1 AND action = 'sign_in' AND address = ?2)
      """, .integer(user.value), .text(address)
    ) { _ in true } ?? false
  }
}

// MARK: Statements

extension AuditLog {
  private static let select = Statement(composing: "\(selected) \(order)")

  /// By the indexes of users: users read their own entries, however many others there are.
  private static let selectOfUser = Statement(
    composing: """
      \(selected) AND a.id IN (SELECT id FROM audit WHERE actor_id = ?4 UNION SELECT id FROM audit WHERE user_id = ?4) \(order)
      """)

  private static let order = "ORDER BY a.id DESC LIMIT ?3"

  private static let selected = """
    SELECT a.id, a.at, a.action, a.actor_kind, a.actor_name, actor.username, subject.username, a.room, a.seq, a.address, a.detail, a.count
    FROM audit a LEFT JOIN users actor ON actor.id = a.actor_id LEFT JOIN users subject ON subject.id = a.user_id
    WHERE (?1 IS NULL OR a.at >= ?1) AND (?2 IS NULL OR a.action = ?2)
    """
}
