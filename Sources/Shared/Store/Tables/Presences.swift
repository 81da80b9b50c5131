// Presence in the database: written by the daemon in batches, valid while the daemon's lease lasts.
package import Domain
package import SQL

package enum Presences {
  // MARK: For the daemon

  package static func put(_ records: [PresenceRecord], _ transaction: Transaction) throws {
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
  package static func renewLease(at now: Timestamp, until end: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE presence_lease SET renewed_at = ?, expires_at = ?", .integer(now.milliseconds), .integer(end.milliseconds))
  }

  /// Users recorded as online by the previous daemon, if its lease is valid. If it has expired, sets them offline, last seen when the lease
  /// was renewed, and returns none.
  package static func adoptLease(at now: Timestamp, _ transaction: Transaction) throws -> [PresenceRecord] {
    let database = transaction.database
    guard try database.first("SELECT expires_at > ? FROM presence_lease", .integer(now.milliseconds), read: { $0.integer(0) }) != 1 else {
      return try database.all("SELECT user_id, state, seen_at FROM presence WHERE state > 0") { row in
        PresenceRecord(
          user: UserRowID(row.integer(0)), state: PresenceState(rawValue: row.integer(1)) ?? .idle,
          lastSeenAt: Timestamp(milliseconds: row.integer(2)))
      }
    }
    try database.run("UPDATE presence SET state = 0, seen_at = max(seen_at, (SELECT renewed_at FROM presence_lease)) WHERE state > 0")
    return []
  }

  // MARK: For users

  /// The presence of `user` as `viewer` sees it: unknown without a shared room, or if either has blocked the other.
  package static func find(_ user: UserRowID, for viewer: UserRowID, at now: Timestamp, _ database: Database) throws -> Presence {
    try database.first(
      """
      SELECT p.state, p.seen_at, l.renewed_at, l.expires_at FROM presence p, presence_lease l
      WHERE p.user_id = ?1
        AND (?1 = ?2 OR EXISTS (
          SELECT 1 FROM memberships theirs JOIN memberships mine ON mine.room_id = theirs.room_id AND mine.user_id = ?2
          WHERE theirs.user_id = ?1
        ))
        AND NOT EXISTS (
          SELECT 1 FROM blocks WHERE (blocker_id = ?1 AND blocked_id = ?2) OR (blocker_id = ?2 AND blocked_id = ?1)
        )
      """, .integer(user.value), .integer(viewer.value)
    ) { presence($0, 0, at: now) } ?? .unknown
  }

  /// Users who are online and share a room, and no block, with `viewer`, including the viewer, by row ID; those after `user`.
  package static func online(for viewer: UserRowID, after user: Int64, limit: Int, at now: Timestamp, _ database: Database) throws
    -> [OnlineUser]
  {
    try database.all(
      """
      SELECT u.id, u.public_id, u.username, u.display_name, u.status_text, u.created_at, p.state, p.seen_at, l.renewed_at, l.expires_at
      FROM presence_lease l, presence p JOIN users u ON u.id = p.user_id
      WHERE l.expires_at > ?4 AND p.state > 0 AND p.user_id > ?2
        AND EXISTS (
          SELECT 1 FROM memberships theirs JOIN memberships mine ON mine.room_id = theirs.room_id AND mine.user_id = ?1
          WHERE theirs.user_id = p.user_id
        )
        AND NOT EXISTS (
          SELECT 1 FROM blocks WHERE (blocker_id = p.user_id AND blocked_id = ?1) OR (blocker_id = ?1 AND blocked_id = p.user_id)
        )
      ORDER BY p.user_id LIMIT ?3
      """, .integer(viewer.value), .integer(user), .integer(Int64(limit)), .integer(now.milliseconds)
    ) { OnlineUser(user: Users.user($0), presence: presence($0, 6, at: now)) }
  }

  /// Reads state, last seen, lease renewal and lease expiry from four columns, starting at `first`.
  private static func presence(_ row: Row, _ first: Int32, at now: Timestamp) -> Presence {
    let state = PresenceState(rawValue: row.integer(first)) ?? .offline
    let (seen, renewed) = (row.integer(first + 1), row.integer(first + 2))
    let isValid = row.integer(first + 3) > now.milliseconds
    // Nothing is written while a user stays active, so the last renewal of the lease is when they were last seen. The same holds once
    // the lease has expired.
    let lastSeen = state == .active || (!isValid && state != .offline) ? max(seen, renewed) : seen
    return Presence(state: isValid ? state : .offline, lastSeenAt: Timestamp(milliseconds: lastSeen))
  }
}
