// Look-ups for publishing presence: one statement each, however many users or rooms it is asked about.
public import Domain
public import SQL

extension Presences {
  /// The IDs of `users` as clients see them; without those who have no account.
  public static func publicIDs(ofUsers users: some Collection<UserRowID>, _ database: Database) throws -> [UserRowID: PublicID] {
    guard !users.isEmpty else { return [:] }
    var ids: [UserRowID: PublicID] = [:]
    try database.forEach("SELECT u.id, u.public_id FROM json_each(?) asked CROSS JOIN users u ON u.id = asked.value", list(users)) {
      ids[UserRowID($0.integer(0))] = PublicID(trusted: $0.text(1))
    }
    return ids
  }

  /// The rooms of each of `users`.
  public static func rooms(ofUsers users: some Collection<UserRowID>, _ database: Database) throws -> [UserRowID: [RoomSize]] {
    guard !users.isEmpty else { return [:] }
    var rooms: [UserRowID: [RoomSize]] = [:]
    try database.forEach(
      """
      SELECT m.user_id, r.id, r.member_count
      FROM json_each(?) asked CROSS JOIN memberships m ON m.user_id = asked.value CROSS JOIN rooms r ON r.id = m.room_id
      """, list(users)
    ) { row in
      rooms[UserRowID(row.integer(0)), default: []].append(RoomSize(room: RoomRowID(row.integer(1)), memberCount: row.integer(2)))
    }
    return rooms
  }

  /// For each of `users`, those whom they have blocked and those who have blocked them.
  public static func blockedEitherWay(ofUsers users: some Collection<UserRowID>, _ database: Database) throws
    -> [UserRowID: Set<UserRowID>]
  {
    guard !users.isEmpty else { return [:] }
    var blocked: [UserRowID: Set<UserRowID>] = [:]
    try database.forEach(
      """
      SELECT b.blocker_id, b.blocked_id FROM json_each(?1) asked CROSS JOIN blocks b ON b.blocker_id = asked.value
      UNION ALL
      SELECT b.blocked_id, b.blocker_id FROM json_each(?1) asked CROSS JOIN blocks b ON b.blocked_id = asked.value
      """, list(users)
    ) { row in
      blocked[UserRowID(row.integer(0)), default: []].insert(UserRowID(row.integer(1)))
    }
    return blocked
  }

  /// Calls `body` with the members of each of `rooms` that has any. One room's members are in memory at a time.
  public static func forEachRoom(
    _ rooms: some Collection<RoomRowID>, _ database: Database, body: (RoomRowID, [UserRowID]) throws -> Void
  ) throws {
    guard !rooms.isEmpty else { return }
    var members: [UserRowID] = []
    var current: Int64?
    try database.forEach(
      "SELECT m.room_id, m.user_id FROM json_each(?) asked CROSS JOIN memberships m ON m.room_id = asked.value", list(rooms)
    ) { row in
      let room = row.integer(0)
      // The outer loop is over the rooms, so each room's rows are together.
      if let current, current != room {
        try body(RoomRowID(current), members)
        members.removeAll(keepingCapacity: true)
      }
      current = room
      members.append(UserRowID(row.integer(1)))
    }
    if let current { try body(RoomRowID(current), members) }
  }

  /// The IDs of `rooms` as clients see them; without those that do not exist.
  public static func publicIDs(ofRooms rooms: some Collection<RoomRowID>, _ database: Database) throws -> [RoomRowID: PublicID] {
    guard !rooms.isEmpty else { return [:] }
    var ids: [RoomRowID: PublicID] = [:]
    try database.forEach("SELECT r.id, r.public_id FROM json_each(?) asked CROSS JOIN rooms r ON r.id = asked.value", list(rooms)) {
      ids[RoomRowID($0.integer(0))] = PublicID(trusted: $0.text(1))
    }
    return ids
  }

  /// Row IDs as a JSON array, for `json_each`: one parameter, however many there are.
  private static func list<Entity>(_ rowIDs: some Collection<RowID<Entity>>) -> Value {
    .text("[" + rowIDs.map { String($0.value) }.joined(separator: ",") + "]")
  }
}
