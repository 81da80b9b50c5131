// Messages, stored side by side in each room.
public import Domain
public import SQL

public enum Messages {
  /// Reserved at once: a buffer that grows is copied each time.
  private static let messageBytesExpected = 512

  /// Nil if there is no such room, or if the session has ended: it is checked with every message.
  public static func postingAccess(session: SessionRowID, to room: PublicID, _ database: Database) throws -> PostingAccess? {
    try database.first(selectPostingAccess, .integer(session.value), .text(room.text)) { row in
      var columns = row.columns()
      let (end, kind, role, mentions) = (columns.roomEnd(), columns.roomKind(), columns.optionalRole(), columns.integer())
      return PostingAccess(end: end, kind: kind, role: role, user: columns.user(), isVerified: columns.bool(), mentions: mentions)
    }
  }

  /// Stores a message with the event that announces it, and returns its id. `end` was read in this transaction and nothing happened in the
  /// room since, so that posting reads everything once.
  @discardableResult
  public static func append(
    _ json: [UInt8], author: UserRowID, clientID: ClientID?, fingerprint: Int64?, after end: RoomEnd, at now: Timestamp,
    _ transaction: Transaction
  ) throws -> MessageID {
    let id = MessageID(room: end.room, seq: end.lastSeq + 1)
    let position = try Journal.insert(
      .newMessage, Journal.Subject(room: id.room, seq: id.seq), previous: end.lastPosition, data: json, at: now, transaction)
    try transaction.database.run(
      "INSERT INTO messages (id, user_id, client_id, fingerprint, position, json) VALUES (?, ?, ?, ?, ?, ?)", .integer(id.row),
      .integer(author.value), .optional(clientID?.text), .optional(fingerprint), .integer(position), .utf8(json))
    try transaction.database.run(
      """
      UPDATE rooms SET last_seq = ?1, last_position = ?2,
        last_activity_at = CASE WHEN last_activity_at < ?3 THEN ?3 ELSE last_activity_at END
      WHERE id = ?4
      """, .integer(id.seq), .integer(position), .integer(now.milliseconds), .integer(end.room.value))
    return id
  }

  /// The end of a room; nil if there is no such room.
  public static func end(of room: RoomRowID, _ database: Database) throws -> RoomEnd? {
    try database.first("SELECT id, last_seq, last_position FROM rooms WHERE id = ?", .integer(room.value), read: roomEnd)
  }

  /// Reads the columns of a room's end.
  static func roomEnd(_ row: Row) -> RoomEnd {
    var columns = row.columns()
    return columns.roomEnd()
  }

  public static func replace(_ id: MessageID, json: [UInt8], _ transaction: Transaction) throws {
    try transaction.database.run("UPDATE messages SET json = ? WHERE id = ?", .utf8(json), .integer(id.row))
  }

  /// Nil also for one that has expired and is not removed yet.
  public static func find(_ id: MessageID, _ database: Database) throws -> StoredMessage? {
    guard (1...MessageID.seqMax).contains(id.seq) else { return nil }
    return try database.first(selectKept, .integer(id.row), read: stored)
  }

  /// SQL: whether the message with the id ?1 has not expired.
  static let isKept = "?1 & 0xffffffff >= coalesce((SELECT first_seq FROM rooms WHERE id = ?1 >> 32), 1)"

  /// The message that the author already posted with this client id.
  public static func find(author: UserRowID, clientID: ClientID, _ database: Database) throws -> StoredMessage? {
    try database.first(
      "SELECT id, user_id, fingerprint, position, json FROM messages WHERE user_id = ? AND client_id = ?", .integer(author.value),
      .text(clientID.text), read: stored)
  }

  /// Reads a page in one range scan of the primary key. Numbers have no gaps in a room, so the ends of a page, and whether there is more, are
  /// arithmetic.
  public static func page(of room: RoomRowID, _ range: MessageRange, limit: Int, _ database: Database) throws -> MessagePage {
    let ends = try database.first("SELECT first_seq, last_seq FROM rooms WHERE id = ?", .integer(room.value)) {
      (first: $0.integer(0), last: $0.integer(1))
    }
    let (kept, last) = ends ?? (1, 0)
    let limit = Int64(limit)
    // The numbers in a request may be beyond both ends.
    func clamped(_ seq: Int64) -> Int64 { min(max(seq, kept - 1), last + 1) }
    let (lower, upper): (Int64, Int64)
    switch range {
    case .latest: (lower, upper) = (last - limit + 1, last)
    case .before(let seq): (lower, upper) = (clamped(seq) - limit, clamped(seq) - 1)
    case .after(let seq): (lower, upper) = (min(clamped(seq), last) + 1, clamped(seq) + limit)
    case .around(let seq):
      let middle = max(clamped(seq), kept)
      (lower, upper) = (middle - limit / 2, middle + limit - limit / 2 - 1)
    }
    let (first, end) = (max(lower, kept), max(min(upper, last), 0))

    var page = MessagePage()
    page.hasBefore = first > kept
    page.hasAfter = end < last
    guard first <= end else { return page }
    page.firstSeq = first
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

  static func stored(_ row: Row) -> StoredMessage {
    let id = row.integer(0)
    return StoredMessage(
      id: MessageID(row: id), author: UserRowID(row.integer(1)),
      fingerprint: row.optionalInteger(2), position: row.integer(3), json: row.bytes(4))
  }
}

// MARK: Statements

extension Messages {
  private static let selectKept = Statement(
    composing: "SELECT id, user_id, fingerprint, position, json FROM messages WHERE id = ?1 AND \(isKept)")

  private static let selectPostingAccess = Statement(
    composing: """
      SELECT \(ColumnList.roomEnd), r.kind, m.role, m.mentions, \(ColumnList.user), \(ColumnList.isVerified)
      FROM sessions s
      JOIN users u ON u.id = s.user_id
      JOIN rooms r ON r.public_id = ?2
      LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = u.id
      WHERE s.id = ?1 AND u.suspended_at IS NULL
      """)
}
