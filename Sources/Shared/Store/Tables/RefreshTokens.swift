// Refresh tokens: what each may still be exchanged for, and which one tells that it was copied.
public import Domain
public import SQL

/// The newest token of a session is a column of the session's row; the others are in the table `spent_refresh_tokens`.
///
/// A client that lost the answer, or whose tabs refresh at once, presents a used token again and gets another successor, so a session may
/// have several tokens that nobody has used yet. They are not told apart: which answer reached the client last is not known here. Each
/// works, except one that was left unused for `repeatMilliseconds` and then another of the session was used: every answer has arrived by
/// then, the client has decided for the other one, and one that presents this token has a copy.
public enum RefreshTokens {
  /// How long a token may be presented again after its first use, and how long an answer may be on its way.
  public static let repeatMilliseconds: Int64 = 60_000

  private enum State: Int64 {
    /// Not used yet, but no longer the newest. `spent_at` is when it was issued.
    case unused = 1
    /// Used first at `spent_at`; no successor of it has been used.
    case used = 2
    /// It was used, and so was a successor; or it was left unused. Rows of older programs are in this state.
    case over = 3
  }

  /// The session of a token, and whether the token may be exchanged; nil if there is none.
  public static func find(_ hash: [UInt8], at now: Timestamp, _ database: Database) throws -> RefreshToken? {
    if let session = try database.first(
      selectNewest, .blob(hash), .integer(now.milliseconds),
      read: { row in
        var columns = row.columns()
        return columns.authenticatedSession()
      })
    {
      return .valid(session)
    }
    return try database.first(selectOther, .blob(hash), .integer(now.milliseconds)) { row in
      var columns = row.columns()
      let session = columns.authenticatedSession()
      switch State(rawValue: columns.integer()) {
      case .unused: return .valid(session)
      // A time after now was written before the clock was set back.
      case .used where now.milliseconds - columns.integer() <= repeatMilliseconds: return .valid(session)
      default: return .spent(session)
      }
    }
  }

  /// Exchanges a token that `find` has called valid for `next`, which becomes the session's newest. `address` is the network that the
  /// device does so from; nil if that is not known.
  public static func exchange(
    _ hash: [UInt8], of session: SessionRowID, for next: [UInt8], at now: Timestamp, expiresAt: Timestamp, address: String? = nil,
    _ transaction: Transaction
  ) throws {
    let database = transaction.database
    // The newest one joins the others. It was issued when the session was used last.
    try database.run(keepNewest, .integer(session.value))
    let isFirstUse = try database.first(use, .integer(now.milliseconds), .blob(hash)) { _ in true }
    if isFirstUse != nil { try database.run(endParent, .blob(hash)) }
    try database.run(endUnused, .integer(session.value), .integer(now.milliseconds - repeatMilliseconds))
    try database.run(
      """
      UPDATE sessions SET refresh_hash = ?1, refresh_parent = ?2, used_at = ?3, seen_at = ?3, expires_at = ?4, address = coalesce(?5, address)
      WHERE id = ?6
      """, .blob(next), .blob(hash), .integer(now.milliseconds), .integer(expiresAt.milliseconds), .optional(address),
      .integer(session.value))
  }

  /// Exchanges of one session in a day, each of which leaves a token to be remembered: one that was forgotten could be presented again
  /// without ending the session, so none is forgotten within a day.
  public static let exchangesPerDayMax = 10_000
  public static let dayMilliseconds: Int64 = 86_400_000

  /// In how many milliseconds a session may refresh again; nil if at once. Forgets what is older than the last `exchangesPerDayMax`.
  public static func delay(of session: SessionRowID, at now: Timestamp, _ transaction: Transaction) throws -> Int64? {
    let last = try transaction.database.first(
      "SELECT spent_at FROM spent_refresh_tokens WHERE session_id = ? ORDER BY spent_at DESC LIMIT 1 OFFSET ?",
      .integer(session.value), .integer(Int64(exchangesPerDayMax - 1))
    ) { $0.integer(0) }
    guard let last else { return nil }
    // A time after now was written before the clock was set back.
    let delay = min(last, now.milliseconds) + dayMilliseconds - now.milliseconds
    if delay > 0 { return delay }
    try transaction.database.run(
      "DELETE FROM spent_refresh_tokens WHERE session_id = ? AND spent_at <= ?", .integer(session.value), .integer(last))
    return nil
  }

  /// Forgets the tokens that would have expired by themselves after `lifetimeMilliseconds`.
  public static func sweep(at now: Timestamp, lifetimeMilliseconds: Int64, _ transaction: Transaction) throws {
    try transaction.database.run(
      "DELETE FROM spent_refresh_tokens WHERE spent_at BETWEEN 1 AND ?", .integer(now.milliseconds - lifetimeMilliseconds))
  }
}

// MARK: Statements

extension RefreshTokens {
  private static let (unused, used, over) = (State.unused.rawValue, State.used.rawValue, State.over.rawValue)

  private static let selectNewest = Statement(
    composing: """
      SELECT \(ColumnList.authenticatedSession)
      FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.refresh_hash = ? AND s.expires_at > ?
      """)

  private static let selectOther = Statement(
    composing: """
      SELECT \(ColumnList.authenticatedSession), t.state, t.spent_at
      FROM spent_refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
      WHERE t.hash = ? AND s.expires_at > ?
      """)

  private static let keepNewest = Statement(
    composing: """
      INSERT INTO spent_refresh_tokens (hash, session_id, spent_at, parent, state)
      SELECT refresh_hash, id, used_at, refresh_parent, \(unused) FROM sessions WHERE id = ?
      """)

  private static let use = Statement(
    composing: "UPDATE spent_refresh_tokens SET state = \(used), spent_at = ? WHERE hash = ? AND state = \(unused) RETURNING 1")

  private static let endParent = Statement(
    composing: """
      UPDATE spent_refresh_tokens SET state = \(over) WHERE hash = (SELECT parent FROM spent_refresh_tokens WHERE hash = ?)
      """)

  private static let endUnused = Statement(
    composing: "UPDATE spent_refresh_tokens SET state = \(over) WHERE session_id = ? AND state = \(unused) AND spent_at < ?")
}
