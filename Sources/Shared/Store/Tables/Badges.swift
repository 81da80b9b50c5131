// Badges: the rooms with something unread that a user wants to be notified of.
public import Domain
public import SQL

public enum Badges {
  /// Rooms that are listed, as many as a snapshot has.
  public static let roomsMax = 1000

  /// The rooms with unread messages at notification level `all`, or with unread mentions at level `mentions`; never a room that is muted now.
  /// One scan of the user's memberships; of a room with unread messages, the deleted ones among them are counted.
  public static func badges(of user: UserRowID, at now: Timestamp, _ database: Database) throws -> [Badge] {
    try database.all(
      selectUnread, .integer(user.value), .integer(now.milliseconds), .integer(Int64(roomsMax)),
      .integer(NotifyLevel.all.rawValue), .integer(NotifyLevel.mentions.rawValue)
    ) { Badge(room: PublicID(trusted: $0.text(0)), unread: $0.integer(1), mentions: $0.integer(2)) }
  }

  private static let selectUnread = Statement(
    composing: """
      SELECT public_id, unread, mentions FROM (
        SELECT r.public_id, \(DeletedMessages.unread) AS unread, m.mentions
        FROM memberships m JOIN rooms r ON r.id = m.room_id
        WHERE m.user_id = ?1 AND r.last_seq > m.read_seq AND (m.notify = ?4 OR (m.notify = ?5 AND m.mentions > 0))
          AND (m.muted_until IS NULL OR m.muted_until <= ?2)
      ) badges
      WHERE unread > 0 LIMIT ?3
      """)
}
