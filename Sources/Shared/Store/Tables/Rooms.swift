// Conversations of every kind.
package import Domain
package import SQL

package enum Rooms {
  package static func insert(
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

  package static func findDirect(low: UserRowID, high: UserRowID, _ database: Database) throws -> RoomRowID? {
    try database.first("SELECT id FROM rooms WHERE direct_low = ? AND direct_high = ?", .integer(low.value), .integer(high.value)) {
      RoomRowID($0.integer(0))
    }
  }

  /// The name by which clients know a room that exists.
  package static func publicID(of room: RoomRowID, _ database: Database) throws -> PublicID {
    PublicID(trusted: try database.first("SELECT public_id FROM rooms WHERE id = ?", .integer(room.value)) { $0.text(0) } ?? "")
  }

  /// A room as `viewer` sees it, whether or not she may: the caller judges by `membership` and `kind`. Its newest message is for members.
  package static func view(_ id: PublicID, for viewer: UserRowID, _ database: Database) throws -> RoomView? {
    try database.first(
      """
      SELECT r.id, r.public_id, r.kind, r.name, r.topic, r.created_at, r.member_count, r.last_seq, r.last_activity_at, creator.public_id,
        message.json, m.role, m.delivered_seq, m.preview_seq, m.read_seq, m.notify, m.muted_until,
        u.id, u.public_id, u.username, u.display_name, u.status_text, u.created_at, m.mentions
      FROM rooms r
      LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ?1
      LEFT JOIN users creator ON creator.id = r.created_by
      LEFT JOIN users u ON u.id = iif(r.direct_low = ?1, r.direct_high, r.direct_low)
      LEFT JOIN messages message ON m.user_id IS NOT NULL AND message.id = (r.id << 32 | r.last_seq)
      WHERE r.public_id = ?2
      """, .integer(viewer.value), .text(id.text), read: view)
  }

  /// The rooms that `user` is in, latest activity first: at most `limit`, and no more once their newest messages have `bytesMax` bytes.
  package static func list(
    of user: UserRowID, after cursor: RoomActivityCursor?, limit: Int, bytesMax: Int = .max, _ database: Database
  ) throws -> [RoomView] {
    let start = cursor ?? RoomActivityCursor(lastActivity: .max, room: .max)
    var (views, bytes) = ([RoomView](), 0)
    try database.forEachWhile(
      """
      SELECT r.id, r.public_id, r.kind, r.name, r.topic, r.created_at, r.member_count, r.last_seq, r.last_activity_at, creator.public_id,
        message.json, m.role, m.delivered_seq, m.preview_seq, m.read_seq, m.notify, m.muted_until,
        u.id, u.public_id, u.username, u.display_name, u.status_text, u.created_at, m.mentions
      FROM memberships m
      JOIN rooms r ON r.id = m.room_id
      LEFT JOIN users creator ON creator.id = r.created_by
      LEFT JOIN users u ON u.id = iif(r.direct_low = ?1, r.direct_high, r.direct_low)
      LEFT JOIN messages message ON message.id = (r.id << 32 | r.last_seq)
      WHERE m.user_id = ?1 AND (r.last_activity_at, r.id) < (?2, ?3)
      ORDER BY r.last_activity_at DESC, r.id DESC LIMIT ?4
      """, .integer(user.value), .integer(start.lastActivity), .integer(start.room), .integer(Int64(limit))
    ) { row in
      let view = view(row)
      views.append(view)
      bytes += view.lastMessage?.count ?? 0
      return bytes < bytesMax
    }
    return views
  }

  /// Public rooms, most members first.
  package static func directory(for viewer: UserRowID, after cursor: RoomDirectoryCursor?, limit: Int, _ database: Database) throws
    -> [RoomView]
  {
    let start = cursor ?? RoomDirectoryCursor(members: .max, room: .max)
    return try database.all(
      """
      SELECT r.id, r.public_id, r.kind, r.name, r.topic, r.created_at, r.member_count, r.last_seq, r.last_activity_at, creator.public_id,
        NULL, m.role, m.delivered_seq, m.preview_seq, m.read_seq, m.notify, m.muted_until,
        NULL, NULL, NULL, NULL, NULL, NULL, m.mentions
      FROM rooms r
      LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ?1
      LEFT JOIN users creator ON creator.id = r.created_by
      WHERE r.kind = 3 AND (r.member_count, r.id) < (?2, ?3)
      ORDER BY r.member_count DESC, r.id DESC LIMIT ?4
      """, .integer(viewer.value), .integer(start.members), .integer(start.room), .integer(Int64(limit)), read: view)
  }

  package static func update(_ room: RoomRowID, name: String?, topic: String?, _ transaction: Transaction) throws {
    let text = try transaction.database.first(
      "UPDATE rooms SET name = coalesce(?, name), topic = coalesce(?, topic) WHERE id = ? RETURNING kind, name, topic", .optional(name),
      .optional(topic), .integer(room.value)
    ) { $0.integer(0) == RoomKind.public.rawValue ? NameIndex.text(ofRoom: $0.optionalText(1), $0.text(2)) : nil }
    if let text = text ?? nil { try NameIndex.rooms.set(text, of: room.value, transaction) }
  }

  static func view(_ row: Row) -> RoomView {
    RoomView(
      room: Room(
        rowID: RoomRowID(row.integer(0)), id: PublicID(trusted: row.text(1)), kind: RoomKind(rawValue: row.integer(2)) ?? .group,
        name: row.optionalText(3), topic: row.text(4), createdBy: row.optionalText(9).map { PublicID(trusted: $0) },
        createdAt: Timestamp(milliseconds: row.integer(5)), memberCount: row.integer(6), lastSeq: row.integer(7)),
      lastMessage: row.optionalBytes(10),
      other: row.isNull(17) ? nil : Users.user(row, 17),
      membership: row.isNull(11)
        ? nil
        : Membership(
          role: Role(rawValue: row.integer(11)) ?? .member,
          marks: ReadMarkers(deliveredSeq: row.integer(12), previewSeq: row.integer(13), readSeq: row.integer(14)),
          mentions: row.integer(23),
          notify: NotifyLevel(rawValue: row.integer(15)) ?? .all,
          mutedUntil: row.optionalInteger(16).map { Timestamp(milliseconds: $0) }),
      lastActivity: Timestamp(milliseconds: row.integer(8)))
  }
}
