// What was said, side by side in each room.
package import Domain
package import SQL

package enum Messages {
  /// Reserved at once: a buffer that grows is copied each time.
  private static let messageBytesExpected = 512

  /// Nil if there is no such room, or if the session no longer stands: what was true when the connection signed in is asked again with every message.
  package static func postingAccess(session: SessionRowID, to room: PublicID, _ database: Database) throws -> PostingAccess? {
    try database.first(
      """
      SELECT r.id, r.kind, m.role, r.last_seq, r.last_position, m.mentions,
        u.id, u.public_id, u.username, u.display_name, u.status_text, u.created_at
      FROM sessions s
      JOIN users u ON u.id = s.user_id
      JOIN rooms r ON r.public_id = ?2
      LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = u.id
      WHERE s.id = ?1 AND u.suspended_at IS NULL
      """, .integer(session.value), .text(room.text)
    ) { row in
      PostingAccess(
        end: RoomEnd(room: RoomRowID(row.integer(0)), lastSeq: row.integer(3), lastPosition: row.integer(4)),
        kind: RoomKind(rawValue: row.integer(1)) ?? .group, role: row.optionalInteger(2).flatMap(Role.init(rawValue:)),
        user: Users.user(row, 6), mentions: row.integer(5))
    }
  }

  /// Stores a message at the next place of its room, with the event that announces it, and answers the place. `end` was read in this
  /// transaction and nothing happened in the room since, so that the hot path asks for everything once.
  @discardableResult
  package static func append(
    _ json: [UInt8], author: UserRowID, clientID: ClientID?, fingerprint: Int64?, after end: RoomEnd, at now: Timestamp,
    _ transaction: Transaction
  ) throws -> MessageID {
    let place = MessageID(room: end.room, seq: end.lastSeq + 1)
    let position = try Journal.insert(.newMessage, room: end.room, previous: end.lastPosition, data: json, at: now, transaction)
    try transaction.database.run(
      "INSERT INTO messages (id, user_id, client_id, fingerprint, position, json) VALUES (?, ?, ?, ?, ?, ?)", .integer(place.row),
      .integer(author.value), .optional(clientID?.text), .optional(fingerprint), .integer(position), .utf8(json))
    try transaction.database.run(
      "UPDATE rooms SET last_seq = ?, last_position = ?, last_activity_at = max(last_activity_at, ?) WHERE id = ?", .integer(place.seq),
      .integer(position), .integer(now.milliseconds), .integer(end.room.value))
    return place
  }

  /// Where a room ends; nil if there is no such room.
  package static func end(of room: RoomRowID, _ database: Database) throws -> RoomEnd? {
    try database.first("SELECT id, last_seq, last_position FROM rooms WHERE id = ?", .integer(room.value), read: roomEnd)
  }

  /// The first three columns: room, last_seq, last_position.
  static func roomEnd(_ row: Row) -> RoomEnd {
    RoomEnd(room: RoomRowID(row.integer(0)), lastSeq: row.integer(1), lastPosition: row.integer(2))
  }

  package static func replace(_ place: MessageID, json: [UInt8], _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE messages SET json = ? WHERE id = ?", .utf8(json), .integer(place.row))
  }

  package static func find(_ place: MessageID, _ database: Database) throws -> StoredMessage? {
    guard (1...MessageID.seqMax).contains(place.seq) else { return nil }
    return try database.first(
      "SELECT id, user_id, fingerprint, position, json FROM messages WHERE id = ?", .integer(place.row), read: stored)
  }

  /// The message that a sender already posted under this name.
  package static func find(author: UserRowID, clientID: ClientID, _ database: Database) throws -> StoredMessage? {
    try database.first(
      "SELECT id, user_id, fingerprint, position, json FROM messages WHERE user_id = ? AND client_id = ?", .integer(author.value),
      .text(clientID.text), read: stored)
  }

  /// Reads a page in one range scan of the primary key. Numbers are dense in a room, so where a page begins and ends, and whether there is
  /// more, is arithmetic.
  package static func page(of room: RoomRowID, _ range: MessageRange, limit: Int, _ database: Database) throws -> MessagePage {
    let last = try database.first("SELECT last_seq FROM rooms WHERE id = ?", .integer(room.value)) { $0.integer(0) } ?? 0
    let limit = Int64(limit)
    /// The places up to which, and from which on, a page may be asked for: also beyond both ends.
    func clamped(_ seq: Int64) -> Int64 { min(max(seq, 0), last + 1) }
    let (lower, upper): (Int64, Int64)
    switch range {
    case .latest: (lower, upper) = (last - limit + 1, last)
    case .before(let seq): (lower, upper) = (clamped(seq) - limit, clamped(seq) - 1)
    case .after(let seq): (lower, upper) = (min(clamped(seq), last) + 1, clamped(seq) + limit)
    case .around(let seq):
      let middle = max(clamped(seq), 1)
      (lower, upper) = (middle - limit / 2, middle + limit - limit / 2 - 1)
    }
    let (first, end) = (max(lower, 1), max(min(upper, last), 0))

    var page = MessagePage()
    page.hasBefore = first > 1
    page.hasAfter = end < last
    guard first <= end else { return page }
    page.json.reserveCapacity(Int(end - first + 1) * messageBytesExpected)
    try database.forEach(
      "SELECT json FROM messages WHERE id BETWEEN ? AND ? ORDER BY id", .integer(MessageID(room: room, seq: first).row),
      .integer(MessageID(room: room, seq: end).row)
    ) { row in
      if page.count > 0 { page.json.append(UInt8(ascii: ",")) }
      row.append(0, to: &page.json)
      page.count += 1
    }
    return page
  }

  private static func stored(_ row: Row) -> StoredMessage {
    let id = row.integer(0)
    return StoredMessage(
      id: MessageID(row: id), author: UserRowID(row.integer(1)),
      fingerprint: row.optionalInteger(2), position: row.integer(3), json: row.bytes(4))
  }
}
