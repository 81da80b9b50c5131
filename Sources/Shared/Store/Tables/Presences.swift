// Who is here: written by the daemon in batches, read by everyone while its lease stands.
package import Domain
package import SQL

package enum Presences {
  // MARK: The daemon's book

  package static func put(_ sightings: [PresenceRecord], _ transaction: Transaction) throws {
    for sighting in sightings {
      // Her account may have gone meanwhile: then there is nothing to be remembered.
      try transaction.database.run(
        """
        INSERT INTO presence (user_id, state, seen_at) SELECT id, ?2, ?3 FROM users WHERE id = ?1 AND deleted_at IS NULL
        ON CONFLICT (user_id) DO UPDATE SET state = excluded.state, seen_at = excluded.seen_at
        """, .integer(sighting.user.value), .integer(sighting.state.rawValue), .integer(sighting.seenAt.milliseconds))
    }
  }

  /// What stands in `presence` is to be believed until `end`.
  package static func renewLease(at now: Timestamp, until end: Timestamp, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE presence_lease SET renewed_at = ?, expires_at = ?", .integer(now.milliseconds), .integer(end.milliseconds))
  }

  /// Everyone who is here by the book, while the lease stands. Once it has run out they are written off, as last seen when it was
  /// renewed, and nobody is answered.
  package static func takeOver(at now: Timestamp, _ transaction: Transaction) throws -> [PresenceRecord] {
    let database = transaction.database
    guard try database.first("SELECT expires_at > ? FROM presence_lease", .integer(now.milliseconds), read: { $0.integer(0) }) != 1 else {
      return try database.all("SELECT user_id, state, seen_at FROM presence WHERE state > 0") { row in
        PresenceRecord(
          user: UserRowID(row.integer(0)), state: PresenceState(rawValue: row.integer(1)) ?? .idle,
          seenAt: Timestamp(milliseconds: row.integer(2)))
      }
    }
    try database.run("UPDATE presence SET state = 0, seen_at = max(seen_at, (SELECT renewed_at FROM presence_lease)) WHERE state > 0")
    return []
  }

  // MARK: Asked by people

  /// Of one user, for `viewer`, who must share a room with her, and no block, to learn anything.
  package static func find(_ user: UserRowID, for viewer: UserRowID, at now: Timestamp, _ database: Database) throws -> Presence {
    try database.first(
      """
      SELECT p.state, p.seen_at, l.renewed_at, l.expires_at FROM presence p, presence_lease l
      WHERE p.user_id = ?1
        AND (?1 = ?2 OR EXISTS (
          SELECT 1 FROM memberships hers JOIN memberships mine ON mine.room_id = hers.room_id AND mine.user_id = ?2 WHERE hers.user_id = ?1
        ))
        AND NOT EXISTS (
          SELECT 1 FROM blocks WHERE (blocker_id = ?1 AND blocked_id = ?2) OR (blocker_id = ?2 AND blocked_id = ?1)
        )
      """, .integer(user.value), .integer(viewer.value)
    ) { presence($0, 0, at: now) } ?? .unknown
  }

  /// Those who are here and share a room, and no block, with `viewer`, herself included, by the order in which their accounts were made.
  package static func here(for viewer: UserRowID, after user: Int64, limit: Int, at now: Timestamp, _ database: Database) throws
    -> [OnlineUser]
  {
    try database.all(
      """
      SELECT u.id, u.public_id, u.username, u.display_name, u.status_text, u.created_at, p.state, p.seen_at, l.renewed_at, l.expires_at
      FROM presence_lease l, presence p JOIN users u ON u.id = p.user_id
      WHERE l.expires_at > ?4 AND p.state > 0 AND p.user_id > ?2
        AND EXISTS (
          SELECT 1 FROM memberships hers JOIN memberships mine ON mine.room_id = hers.room_id AND mine.user_id = ?1
          WHERE hers.user_id = p.user_id
        )
        AND NOT EXISTS (
          SELECT 1 FROM blocks WHERE (blocker_id = p.user_id AND blocked_id = ?1) OR (blocker_id = ?1 AND blocked_id = p.user_id)
        )
      ORDER BY p.user_id LIMIT ?3
      """, .integer(viewer.value), .integer(user), .integer(Int64(limit)), .integer(now.milliseconds)
    ) { OnlineUser(user: Users.user($0), presence: presence($0, 6, at: now)) }
  }

  /// Reads state, time of the last sign, and the two times of the lease, the first of them at `first`.
  private static func presence(_ row: Row, _ first: Int32, at now: Timestamp) -> Presence {
    let state = PresenceState(rawValue: row.integer(first)) ?? .offline
    let (seen, renewed) = (row.integer(first + 1), row.integer(first + 2))
    let isBelieved = row.integer(first + 3) > now.milliseconds
    // Nothing is written while somebody just stays active: then the lease is the last sign of her. So it is once it has run out.
    let lastSeen = state == .active || (!isBelieved && state != .offline) ? max(seen, renewed) : seen
    return Presence(state: isBelieved ? state : .offline, lastSeenAt: Timestamp(milliseconds: lastSeen))
  }

  // MARK: Whom to tell

  package static func circles(of user: UserRowID, _ database: Database) throws -> [RoomSize] {
    try database.all(
      "SELECT r.id, r.member_count FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE m.user_id = ?", .integer(user.value)
    ) { RoomSize(room: RoomRowID($0.integer(0)), memberCount: $0.integer(1)) }
  }

  package static func members(of room: RoomRowID, _ database: Database) throws -> [UserRowID] {
    try database.all("SELECT user_id FROM memberships WHERE room_id = ?", .integer(room.value)) { UserRowID($0.integer(0)) }
  }
}
