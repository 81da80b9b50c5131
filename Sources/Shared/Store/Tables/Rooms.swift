// Rooms of every kind.
public import Domain
public import SQL

public enum Rooms {
  public static func insert(
    id: PublicID, kind: RoomKind, name: String?, topic: String, createdBy: UserRowID?, direct: (low: UserRowID, high: UserRowID)? = nil,
    at now: Timestamp, _ transaction: Transaction
  ) throws -> RoomRowID {
    let number = try transaction.database.first(
      """
      INSERT INTO rooms (public_id, kind, name, topic, created_by, created_at, last_activity_at, direct_low, direct_high)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
      """, .text(id.text), .integer(kind.rawValue), .optional(name), .text(topic), .optional(createdBy?.value), .integer(now.milliseconds),
      .integer(now.milliseconds), .optional(direct?.low.value), .optional(direct?.high.value)
    ) { $0.integer(0) }
    let room = RoomRowID(number ?? 0)
    if kind == .public { try NameIndex.rooms.set(NameIndex.text(ofRoom: name, topic), of: room.value, transaction) }
    return room
  }

  /// The public id of a room that exists.
  public static func publicID(of room: RoomRowID, _ database: Database) throws -> PublicID {
    PublicID(trusted: try database.first("SELECT public_id FROM rooms WHERE id = ?", .integer(room.value)) { $0.text(0) } ?? "")
  }

  /// The first message of a room that is kept; nil if there is no such room.
  public static func firstSeq(of room: RoomRowID, _ database: Database) throws -> Int64? {
    try database.first("SELECT first_seq FROM rooms WHERE id = ?", .integer(room.value)) { $0.integer(0) }
  }

  /// Sets how long messages of a room are kept; nil: as the settings say.
  public static func setRetention(_ retention: Retention?, of room: RoomRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE rooms SET retention = ? WHERE id = ?", .optional(retention?.seconds), .integer(room.value))
  }

  /// A room as `viewer` would see it: the caller checks access by `membership` and `kind`. The newest message is there for members only.
  public static func view(_ id: PublicID, for viewer: UserRowID, _ database: Database) throws -> RoomView? {
    try database.first(selectView, .integer(viewer.value), .text(id.text), read: view)
  }

  /// The rooms that `user` is in, latest activity first: at most `limit`, and no more once their newest messages have `bytesMax` bytes.
  public static func list(
    of user: UserRowID, after cursor: RoomActivityCursor?, limit: Int, bytesMax: Int = .max, _ database: Database
  ) throws -> [RoomView] {
    let start = cursor ?? RoomActivityCursor(lastActivity: .max, room: .max)
    return try list(selectOfUser, user, start, limit: limit, bytesMax: bytesMax, database)
  }

  /// The same, without a cursor, but where the bounds do not let all rooms through, those go first in which the user has read or posted or
  /// which they joined themselves: rooms that others added them to never take the place of their own.
  public static func listOwnFirst(of user: UserRowID, limit: Int, bytesMax: Int, _ database: Database) throws -> [RoomView] {
    let start = RoomActivityCursor(lastActivity: .max, room: .max)
    return try list(selectOwnFirst, user, start, limit: limit, bytesMax: bytesMax, database).sorted {
      ($0.lastActivity.milliseconds, $0.room.rowID.value) > ($1.lastActivity.milliseconds, $1.room.rowID.value)
    }
  }

  private static func list(
    _ select: Statement, _ user: UserRowID, _ start: RoomActivityCursor, limit: Int, bytesMax: Int, _ database: Database
  ) throws -> [RoomView] {
    var (views, bytes) = ([RoomView](), 0)
    try database.forEachWhile(
      select, .integer(user.value), .integer(start.lastActivity), .integer(start.room), .integer(Int64(limit))
    ) { row in
      let view = view(row)
      views.append(view)
      bytes += view.lastMessage?.count ?? 0
      return bytes < bytesMax
    }
    return views
  }

  /// Public rooms, most members first.
  public static func directory(for viewer: UserRowID, after cursor: RoomDirectoryCursor?, limit: Int, _ database: Database) throws
    -> [RoomView]
  {
    let start = cursor ?? RoomDirectoryCursor(members: .max, room: .max)
    return try database.all(
      selectDirectory, .integer(viewer.value), .integer(start.members), .integer(start.room), .integer(Int64(limit)), read: summary)
  }

  public static func update(_ room: RoomRowID, name: String?, topic: String?, _ transaction: Transaction) throws {
    let text = try transaction.database.first(
      "UPDATE rooms SET name = coalesce(?, name), topic = coalesce(?, topic) WHERE id = ? RETURNING kind, name, topic", .optional(name),
      .optional(topic), .integer(room.value)
    ) { $0.integer(0) == RoomKind.public.rawValue ? NameIndex.text(ofRoom: $0.optionalText(1), $0.text(2)) : nil }
    if let text = text ?? nil { try NameIndex.rooms.set(text, of: room.value, transaction) }
  }

  private static func view(_ row: Row) -> RoomView {
    var columns = row.columns()
    let (room, lastActivity, membership) = (columns.room(), columns.time(), columns.optionalMembership())
    return RoomView(
      room: room, lastMessage: columns.optionalBytes(), other: columns.optionalUser(), membership: membership,
      draft: columns.optionalDraft(), lastActivity: lastActivity)
  }

  /// A view without newest message and other user: of a public room in a list.
  static func summary(_ row: Row) -> RoomView {
    var columns = row.columns()
    let (room, lastActivity, membership) = (columns.room(), columns.time(), columns.optionalMembership())
    return RoomView(room: room, lastMessage: nil, other: nil, membership: membership, lastActivity: lastActivity)
  }
}

// MARK: Statements

extension Rooms {
  /// The newest message of a room, which is the end of its tail if there is one.
  private static let newest = "coalesce(tail.data, message.json)"

  private static let selectView = Statement(
    composing: """
      SELECT \(ColumnList.room), r.last_activity_at, \(ColumnList.membership), \(newest), \(ColumnList.user), \(ColumnList.draft)
      FROM rooms r
      LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ?1
      LEFT JOIN users creator ON creator.id = r.created_by
      LEFT JOIN users u ON u.id = CASE WHEN r.direct_low = ?1 THEN r.direct_high ELSE r.direct_low END
      LEFT JOIN drafts d ON d.room_id = r.id AND d.user_id = ?1
      LEFT JOIN messages message ON m.user_id IS NOT NULL AND r.tail_count = 0 AND message.id = (r.id << 32 | r.last_seq)
      LEFT JOIN journal tail ON m.user_id IS NOT NULL AND tail.position = r.tail_position
      WHERE r.public_id = ?2
      """)

  private static let roomsOfUser = """
    SELECT \(ColumnList.room), r.last_activity_at, \(ColumnList.membership), \(newest), \(ColumnList.user), \(ColumnList.draft)
    FROM memberships m
    JOIN rooms r ON r.id = m.room_id
    LEFT JOIN users creator ON creator.id = r.created_by
    LEFT JOIN users u ON u.id = CASE WHEN r.direct_low = ?1 THEN r.direct_high ELSE r.direct_low END
    LEFT JOIN drafts d ON d.room_id = r.id AND d.user_id = ?1
    LEFT JOIN messages message ON r.tail_count = 0 AND message.id = (r.id << 32 | r.last_seq)
    LEFT JOIN journal tail ON tail.position = r.tail_position
    WHERE m.user_id = ?1 AND (r.last_activity_at, r.id) < (?2, ?3)
    """

  private static let selectOfUser = Statement(
    composing: "\(roomsOfUser) ORDER BY r.last_activity_at DESC, r.id DESC LIMIT ?4")

  private static let selectOwnFirst = Statement(
    composing: "\(roomsOfUser) ORDER BY (\(Memberships.isUnopened)), r.last_activity_at DESC, r.id DESC LIMIT ?4")

  private static let selectDirectory = Statement(
    composing: """
      SELECT \(ColumnList.room), r.last_activity_at, \(ColumnList.membership)
      FROM rooms r
      LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ?1
      LEFT JOIN users creator ON creator.id = r.created_by
      WHERE r.kind = \(RoomKind.public.rawValue) AND (r.member_count, r.id) < (?2, ?3)
      ORDER BY r.member_count DESC, r.id DESC LIMIT ?4
      """)
}
