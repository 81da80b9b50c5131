// What the bell of a page shows: the rooms that have something for a user.
package import Domain
package import SQL

package enum Badges {
  /// Rooms that are listed, as many as a snapshot has.
  package static let roomsMax = 1000

  /// The rooms that have news which she wants to be told of: anything unread where she wants all, a mention where she wants those,
  /// and never a room that is muted now. One walk over her memberships; nothing is counted.
  package static func badges(of user: UserRowID, at now: Timestamp, _ database: Database) throws -> [Badge] {
    try database.all(
      """
      SELECT r.public_id, r.last_seq - m.read_seq, m.mentions
      FROM memberships m JOIN rooms r ON r.id = m.room_id
      WHERE m.user_id = ?1 AND r.last_seq > m.read_seq AND (m.notify = 1 OR (m.notify = 2 AND m.mentions > 0))
        AND (m.muted_until IS NULL OR m.muted_until <= ?2)
      LIMIT ?3
      """, .integer(user.value), .integer(now.milliseconds), .integer(Int64(roomsMax))
    ) { Badge(room: PublicID(trusted: $0.text(0)), unread: $0.integer(1), mentions: $0.integer(2)) }
  }
}
