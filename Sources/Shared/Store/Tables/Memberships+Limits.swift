// What the limits on rooms and on adding people ask of memberships.
public import Domain
public import SQL

extension Memberships {
  /// The SQL condition of a membership `m` that somebody else gave and that the member has not used: nothing has been read or posted.
  static let isUnopened = "m.added = 1 AND m.read_seq <= m.joined_seq"

  /// How many rooms a user is in. One scan of the user's memberships.
  public static func counts(of user: UserRowID, _ database: Database) throws -> RoomCounts {
    try database.first(selectCounts, .integer(user.value)) {
      RoomCounts(rooms: $0.integer(0), owned: $0.integer(1), unopened: $0.integer(2))
    } ?? RoomCounts(rooms: 0, owned: 0, unopened: 0)
  }

  /// Whether two users are in one room. Costs one look-up per room of `user`, until the first that both are in.
  public static func share(_ user: UserRowID, _ other: UserRowID, _ database: Database) throws -> Bool {
    try database.first(
      """
      SELECT 1 FROM memberships m
      WHERE m.user_id = ?1 AND EXISTS (SELECT 1 FROM memberships o WHERE o.room_id = m.room_id AND o.user_id = ?2)
      """, .integer(user.value), .integer(other.value)
    ) { _ in true } ?? false
  }

  private static let selectCounts = Statement(
    composing: """
      SELECT count(*), count(CASE WHEN m.role = \(Role.owner.rawValue) THEN 1 END), count(CASE WHEN \(isUnopened) THEN 1 END)
      FROM memberships m WHERE m.user_id = ?
      """)
}
