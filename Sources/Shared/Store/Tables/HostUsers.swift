// Users for whom a host application or nginx vouches, and the sessions that tokens stand for.
public import Domain
public import SQL

public enum HostUsers {
  /// Whom `identity` (SHA-256 of who vouches and for whom) names, with the session of this name; nil if nobody yet.
  public static func find(_ identity: [UInt8], session name: [UInt8], at now: Timestamp, _ database: Database) throws -> HostUser? {
    try database.first(select, .blob(identity), .blob(name), .integer(now.milliseconds)) { row in
      var columns = row.columns()
      let user = columns.optionalUser()
      let (suspendedAt, deletedAt) = (columns.optionalInteger(), columns.optionalTime())
      let (profile, issuedAt, endedAt) = (columns.optionalBytes(), columns.integer(), columns.optionalTime())
      let session: HostUser.HostSession? =
        columns.isNextNull
        ? nil : HostUser.HostSession(rowID: SessionRowID(columns.integer()), id: columns.publicID(), expiresAt: columns.time())
      return HostUser(
        user: user, isSuspended: suspendedAt != nil, deletedAt: deletedAt, profile: profile, profileIssuedAtSeconds: issuedAt,
        session: session, sessionEndedAt: endedAt)
    }
  }

  /// Binds an identity to a user. One whose account was deleted is bound anew.
  public static func bind(
    _ identity: [UInt8], _ host: HostIdentity, to user: UserRowID, profile: [UInt8]?, issuedAtSeconds: Int64, _ transaction: Transaction
  ) throws {
    try transaction.database.run(
      """
      INSERT INTO host_users (identity, user_id, issuer, subject, profile, profile_issued_at) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (identity) DO UPDATE SET user_id = excluded.user_id, subject = excluded.subject, profile = excluded.profile,
        profile_issued_at = excluded.profile_issued_at, deleted_at = NULL
      """,
      .blob(identity), .integer(user.value), .optional(host.issuer), .text(host.subject), profile.map { .blob($0) } ?? .null,
      .integer(issuedAtSeconds))
  }

  public static func setProfile(_ profile: [UInt8], issuedAtSeconds: Int64, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE host_users SET profile = ?, profile_issued_at = ? WHERE user_id = ?", .blob(profile), .integer(issuedAtSeconds),
      .integer(user.value))
  }

  /// Sets the address that the host application vouches for. `verifiedAt`: nil if it does not say that the address is the user's, who may
  /// have shown it by a link.
  public static func setEmail(_ email: EmailAddress, verifiedAt: Timestamp?, of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      """
      UPDATE users SET email_verified_at = CASE WHEN email IS ?1 THEN coalesce(?2, email_verified_at) ELSE ?2 END, email = ?1,
        pending_email = nullif(pending_email, ?1) WHERE id = ?3
      """, .text(email.text), .optional(verifiedAt?.milliseconds), .integer(user.value))
  }

  /// Nil for a user who has registered here.
  public static func identity(of user: UserRowID, _ database: Database) throws -> HostIdentity? {
    try database.first("SELECT issuer, subject FROM host_users WHERE user_id = ?", .integer(user.value)) {
      HostIdentity(issuer: $0.optionalText(0), subject: $0.text(1))
    }
  }

  // MARK: Sessions

  /// Says which session the tokens of a name stand for. When an earlier one of this name was ended is forgotten: the tokens of before are
  /// older than any that is accepted since, so `endedAt` stays.
  public static func setSession(_ session: SessionRowID, name: [UInt8], of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      """
      INSERT INTO host_sessions (user_id, name, session_id) VALUES (?, ?, ?)
      ON CONFLICT (user_id, name) DO UPDATE SET session_id = excluded.session_id
      """, .integer(user.value), .blob(name), .integer(session.value))
  }

  /// Lets a session live longer, for a newer token.
  public static func extend(_ session: SessionRowID, until expiresAt: Timestamp, at now: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE sessions SET used_at = ?, expires_at = ? WHERE id = ?", .integer(now.milliseconds), .integer(expiresAt.milliseconds),
      .integer(session.value))
  }

  /// Remembers that a session ends, if tokens stand for it. To be called before its row goes.
  static func sessionEnds(_ session: SessionRowID, at now: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE host_sessions SET ended_at = ? WHERE session_id = ?", .integer(now.milliseconds), .integer(session.value))
  }

  // MARK: Deletion

  /// Forgets whom an identity names, but not that the account was deleted. For `Erasures`.
  static func erase(_ user: UserRowID, at now: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run(
      """
      UPDATE host_users SET user_id = NULL, subject = NULL, profile = NULL, profile_issued_at = 0, deleted_at = ? WHERE user_id = ?
      """, .integer(now.milliseconds), .integer(user.value))
    try transaction.database.run("DELETE FROM host_sessions WHERE user_id = ?", .integer(user.value))
  }

  /// Forgets what ended before `time`, when every token of then has expired.
  public static func sweep(before time: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run("DELETE FROM host_users WHERE deleted_at < ?", .integer(time.milliseconds))
    try transaction.database.run(
      "DELETE FROM host_sessions WHERE session_id IS NULL AND (ended_at IS NULL OR ended_at < ?)", .integer(time.milliseconds))
  }
}

// MARK: Statements

extension HostUsers {
  private static let select = Statement(
    composing: """
      SELECT \(ColumnList.user), u.suspended_at, h.deleted_at, h.profile, h.profile_issued_at, t.ended_at, s.id, s.public_id, s.expires_at
      FROM host_users h LEFT JOIN users u ON u.id = h.user_id
        LEFT JOIN host_sessions t ON t.user_id = h.user_id AND t.name = ?2
        LEFT JOIN sessions s ON s.id = t.session_id AND s.expires_at > ?3
      WHERE h.identity = ?1
      """)
}
