// Sessions, until they end.
public import Domain
public import SQL

public enum Sessions {
  public static func insert(
    id: PublicID, user: UserRowID, refreshHash: [UInt8], device: Device, at now: Timestamp, expiresAt: Timestamp,
    _ transaction: Transaction
  ) throws -> SessionRowID {
    let number = try transaction.database.first(
      """
      INSERT INTO sessions (public_id, user_id, refresh_hash, user_agent, created_at, used_at, seen_at, expires_at, device_name, address)
      VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5, ?6, ?7, ?8) RETURNING id
      """,
      .text(id.text), .integer(user.value), .blob(refreshHash),
      .text(String(String.UnicodeScalarView(device.userAgent.unicodeScalars.prefix(200)))), .integer(now.milliseconds),
      .integer(expiresAt.milliseconds), .optional(device.name), .optional(device.address)
    ) { $0.integer(0) }
    return SessionRowID(number ?? 0)
  }

  /// A session and its user; nil if it has ended or expired.
  public static func find(_ id: PublicID, at now: Timestamp, _ database: Database) throws -> AuthenticatedSession? {
    try database.first(selectByPublicID, .text(id.text), .integer(now.milliseconds), read: authenticatedSession)
  }

  /// Whether the user of a session is suspended, and verified; nil if the session has ended.
  public static func state(of session: SessionRowID, _ database: Database) throws -> SessionState? {
    try database.first(selectState, .integer(session.value)) { SessionState(isSuspended: !$0.isNull(0), isVerified: $0.integer(1) == 1) }
  }

  /// The sessions of a user that have not expired, the last used one first.
  public static func list(of user: UserRowID, at now: Timestamp, _ database: Database) throws -> [Session] {
    try database.all(
      """
      SELECT id, public_id, user_agent, device_name, address, created_at, used_at, max(used_at, seen_at), expires_at
      FROM sessions WHERE user_id = ? AND expires_at > ? ORDER BY used_at DESC, id DESC
      """,
      .integer(user.value), .integer(now.milliseconds)
    ) { row in
      var columns = row.columns()
      return Session(
        rowID: SessionRowID(columns.integer()), id: columns.publicID(), userAgent: columns.text(), deviceName: columns.optionalText(),
        address: columns.optionalText(), createdAt: columns.time(), usedAt: columns.time(), seenAt: columns.time(),
        expiresAt: columns.time())
    }
  }

  /// A device is not marked as seen more often than this.
  public static let sightingMilliseconds: Int64 = 5 * 60_000

  /// Notes that a device was seen, unless it was seen shortly before.
  public static func markSeen(_ session: SessionRowID, at time: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE sessions SET seen_at = ?1 WHERE id = ?2 AND max(used_at, seen_at) <= ?1 - ?3", .integer(time.milliseconds),
      .integer(session.value), .integer(sightingMilliseconds))
  }

  /// Ends one session: its row goes, and the journal tells the daemon to close its sockets.
  public static func end(_ session: SessionRowID, of user: UserRowID, at now: Timestamp, _ transaction: Transaction) throws {
    try HostUsers.sessionEnds(session, at: now, transaction)
    try transaction.database.run("DELETE FROM sessions WHERE id = ?", .integer(session.value))
    try Journal.append(.sessionEnded, by: .server, user: user, session: session, data: [], at: now, transaction)
  }

  /// Ends all sessions of a user but one. Returns how many.
  @discardableResult
  public static func endOthers(
    of user: UserRowID, than kept: SessionRowID?, at now: Timestamp, _ transaction: Transaction
  ) throws -> Int {
    let others = try transaction.database.all(
      "SELECT id FROM sessions WHERE user_id = ? AND id IS DISTINCT FROM ?", .integer(user.value), .optional(kept?.value)
    ) { SessionRowID($0.integer(0)) }
    for session in others { try end(session, of: user, at: now, transaction) }
    return others.count
  }

  public static func insertTicket(hash: [UInt8], session: SessionRowID, expiresAt: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run(
      "INSERT INTO tickets (hash, session_id, expires_at) VALUES (?, ?, ?)", .blob(hash), .integer(session.value),
      .integer(expiresAt.milliseconds))
  }

  /// Takes a ticket out of the table, so that it works once, and returns whose it was.
  public static func takeTicket(hash: [UInt8], at now: Timestamp, _ transaction: Transaction) throws -> AuthenticatedSession? {
    let session = try transaction.database.first(
      "DELETE FROM tickets WHERE hash = ? RETURNING session_id, expires_at", .blob(hash)
    ) { $0.integer(1) > now.milliseconds ? $0.integer(0) : nil }
    guard let session = session ?? nil else { return nil }
    return try transaction.database.first(selectByRowID, .integer(session), .integer(now.milliseconds), read: authenticatedSession)
  }

  /// Removes what has expired.
  public static func sweep(at now: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM sessions WHERE expires_at <= ?", .integer(now.milliseconds))
    try transaction.database.run("DELETE FROM tickets WHERE expires_at <= ?", .integer(now.milliseconds))
  }

  private static func authenticatedSession(_ row: Row) -> AuthenticatedSession {
    var columns = row.columns()
    return columns.authenticatedSession()
  }
}

// MARK: Statements

extension Sessions {
  private static let selectState = Statement(
    composing: "SELECT u.suspended_at, \(ColumnList.isVerified) FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ?")

  private static let selectByPublicID = Statement(
    composing: """
      SELECT \(ColumnList.authenticatedSession)
      FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.public_id = ? AND s.expires_at > ?
      """)

  private static let selectByRowID = Statement(
    composing: """
      SELECT \(ColumnList.authenticatedSession)
      FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ? AND s.expires_at > ?
      """)
}
