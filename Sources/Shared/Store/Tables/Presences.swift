// Presence in the database: written by the daemon in batches, valid while the daemon's lease lasts.
public import Domain
public import SQL

public enum Presences {
  // MARK: For the daemon

  public static func put(_ records: [PresenceRecord], _ transaction: Transaction) throws {
    for record in records {
      // Nothing is recorded for an account that has been erased meanwhile.
      try transaction.database.run(
        """
        INSERT INTO presence (user_id, state, seen_at) SELECT id, ?2, ?3 FROM users WHERE id = ?1 AND deleted_at IS NULL
        ON CONFLICT (user_id) DO UPDATE SET state = excluded.state, seen_at = excluded.seen_at
        """, .integer(record.user.value), .integer(record.state.rawValue), .integer(record.lastSeenAt.milliseconds))
    }
  }

  /// Makes what is recorded valid until `end`.
  public static func renewLease(at now: Timestamp, until end: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE presence_lease SET renewed_at = ?, expires_at = ?", .integer(now.milliseconds), .integer(end.milliseconds))
  }

  /// Users recorded as online by the previous daemon, if its lease is valid. If it has expired, sets them offline, last seen when the lease
  /// was renewed, and returns none.
  public static func adoptLease(at now: Timestamp, _ transaction: Transaction) throws -> [PresenceRecord] {
    let database = transaction.database
    let expiry = try database.first("SELECT expires_at FROM presence_lease") { $0.integer(0) } ?? 0
    guard expiry <= now.milliseconds else {
      return try database.all(selectOnline) { row in
        PresenceRecord(
          user: UserRowID(row.integer(0)), state: PresenceState(rawValue: row.integer(1)) ?? .idle,
          lastSeenAt: Timestamp(milliseconds: row.integer(2)))
      }
    }
    try database.run(setAllOffline)
    return []
  }

  // MARK: For users

  /// The presence of `user` as `viewer` sees it: unknown without a shared room, or if either has blocked the other.
  public static func find(_ user: UserRowID, for viewer: UserRowID, at now: Timestamp, _ database: Database) throws -> Presence {
    try database.first(
      selectOfUser, .integer(user.value), .integer(viewer.value)
    ) { row in
      var columns = row.columns()
      return columns.presence(at: now)
    } ?? .unknown
  }

  /// Users who are online and share a room, and no block, with `viewer`, including the viewer, by row ID; those after `user`.
  public static func online(for viewer: UserRowID, after user: Int64, limit: Int, at now: Timestamp, _ database: Database) throws
    -> [OnlineUser]
  {
    try database.all(selectOnlineUsers, .integer(viewer.value), .integer(user), .integer(Int64(limit)), .integer(now.milliseconds)) { row in
      var columns = row.columns()
      return OnlineUser(user: columns.user(), presence: columns.presence(at: now))
    }
  }
}

extension Row.Columns {
  /// Reads state, last seen, lease renewal and lease expiry.
  fileprivate mutating func presence(at now: Timestamp) -> Presence {
    let state = PresenceState(rawValue: integer()) ?? .offline
    let (seen, renewed) = (integer(), integer())
    let isValid = integer() > now.milliseconds
    // Nothing is written while a user stays active, so the last renewal of the lease is when they were last seen. The same holds once
    // the lease has expired.
    let lastSeen = state == .active || (!isValid && state != .offline) ? max(seen, renewed) : seen
    return Presence(state: isValid ? state : .offline, lastSeenAt: Timestamp(milliseconds: lastSeen))
  }
}

// MARK: Statements

extension Presences {
  private static let selectOfUser = Statement(
    composing: """
      SELECT p.state, p.seen_at, l.renewed_at, l.expires_at FROM presence p, presence_lease l
      WHERE p.user_id = ?1
        AND (?1 = ?2 OR EXISTS (
          SELECT 1 FROM memberships theirs JOIN memberships mine ON mine.room_id = theirs.room_id AND mine.user_id = ?2
          WHERE theirs.user_id = ?1
        ))
        AND NOT (\(Blocks.stands(between: "?1", "?2")))
      """)

  private static let selectOnlineUsers = Statement(
    composing: """
      SELECT \(ColumnList.user), p.state, p.seen_at, l.renewed_at, l.expires_at
      FROM presence_lease l, presence p JOIN users u ON u.id = p.user_id
      WHERE l.expires_at > ?4 AND p.state > \(PresenceState.offline.rawValue) AND p.user_id > ?2
        AND EXISTS (
          SELECT 1 FROM memberships theirs JOIN memberships mine ON mine.room_id = theirs.room_id AND mine.user_id = ?1
          WHERE theirs.user_id = p.user_id
        )
        AND NOT (\(Blocks.stands(between: "p.user_id", "?1")))
      ORDER BY p.user_id LIMIT ?3
      """)

  private static let selectOnline = Statement(
    composing: "SELECT user_id, state, seen_at FROM presence WHERE state > \(PresenceState.offline.rawValue)")

  private static let setAllOffline = Statement(
    composing: """
      UPDATE presence SET state = \(PresenceState.offline.rawValue), seen_at = (
        SELECT CASE WHEN renewed_at > seen_at THEN renewed_at ELSE seen_at END FROM presence_lease
      )
      WHERE state > \(PresenceState.offline.rawValue)
      """)
}
