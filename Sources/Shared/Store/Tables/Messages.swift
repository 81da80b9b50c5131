// Messages, stored side by side in each room, but for the newest ones (`Messages+Tail`).
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
    _ tails: MessageTails, _ transaction: Transaction
  ) throws -> MessageID {
    let id = MessageID(room: end.room, seq: end.lastSeq + 1)
    let areTailsAllowed = try tails.areAllowed(transaction.database)
    let message = Journal.Message(
      author: author, clientID: clientID, fingerprint: fingerprint, previous: end.tailCount > 0 ? end.tailPosition : nil)
    let position = try Journal.insert(
      .newMessage, Journal.Subject(room: id.room, seq: id.seq), areTailsAllowed ? message : nil, previous: end.lastPosition, data: json,
      at: now,
      transaction)
    var tailCount = end.tailCount + 1
    if !areTailsAllowed {
      try insert(id, message, at: position, json, transaction)
      tailCount = 0
    } else if tailCount == tailMax || (id.seq + id.room.value) % tailMax == 0 {
      // Rooms with the same traffic take turns.
      try move(tailCount, endingAt: position, transaction)
      tailCount = 0
    }
    let updated = try transaction.database.run(
      """
      UPDATE rooms SET last_seq = ?1, last_position = ?2,
        last_activity_at = CASE WHEN last_activity_at < ?3 THEN ?3 ELSE last_activity_at END, tail_count = ?5, tail_position = ?6
      WHERE id = ?4 AND last_seq = ?1 - 1 AND tail_position = ?7
      """, .integer(id.seq), .integer(position), .integer(now.milliseconds), .integer(end.room.value), .integer(tailCount),
      .integer(tailCount > 0 ? position : 0), .integer(end.tailPosition))
    guard updated == 1 else { throw StoreError(.other, message: "\(id) does not follow the end of its room", sql: "UPDATE rooms") }
    guard areTailsAllowed else { return id }
    if let clientID { tails.note(author: author, clientID: clientID, at: position) }
    try tails.advance(to: position, transaction)
    return id
  }

  private static func insert(
    _ id: MessageID, _ message: Journal.Message, at position: Int64, _ json: [UInt8], _ transaction: Transaction
  ) throws {
    try transaction.database.run(
      "INSERT INTO messages (id, user_id, client_id, fingerprint, position, json) VALUES (?, ?, ?, ?, ?, ?)", .integer(id.row),
      .integer(message.author.value), .optional(message.clientID?.text), .optional(message.fingerprint), .integer(position), .utf8(json))
  }

  /// The end of a room; nil if there is no such room.
  public static func end(of room: RoomRowID, _ database: Database) throws -> RoomEnd? {
    try database.first(selectEnd, .integer(room.value), read: roomEnd)
  }

  /// Reads the columns of a room's end.
  static func roomEnd(_ row: Row) -> RoomEnd {
    var columns = row.columns()
    return columns.roomEnd()
  }

  /// Replaces what a message says. The tail that it is in moves first.
  public static func replace(_ id: MessageID, json: [UInt8], _ transaction: Transaction) throws {
    func update() throws -> Bool {
      try transaction.database.run("UPDATE messages SET json = ? WHERE id = ?", .utf8(json), .integer(id.row)) > 0
    }
    if try update() { return }
    try moveTail(with: id, transaction)
    guard try update() else { throw StoreError(.other, message: "there is no message \(id)", sql: "UPDATE messages") }
  }

  /// Nil also for one that has expired and is not removed yet.
  public static func find(_ id: MessageID, _ database: Database) throws -> StoredMessage? {
    guard (1...MessageID.seqMax).contains(id.seq) else { return nil }
    return try database.first(selectKept, .integer(id.room.value), .integer(id.seq), read: stored)
  }

  /// The message that the author already posted with this client id.
  public static func find(
    author: UserRowID, clientID: ClientID, _ tails: MessageTails, _ transaction: Transaction
  ) throws -> StoredMessage? {
    let database = transaction.database
    if let id = try tails.find(author: author, clientID: clientID, transaction),
      let found = try database.first(selectAny, .integer(id.room.value), .integer(id.seq), read: stored)
    {
      return found
    }
    return try database.first(
      "SELECT id, user_id, fingerprint, position, json FROM messages WHERE user_id = ? AND client_id = ?", .integer(author.value),
      .text(clientID.text), read: stored)
  }

  /// Reads a page in one range scan of the primary key. Numbers have no gaps in a room, so the ends of a page, and whether there is more, are
  /// arithmetic.
  public static func page(of room: RoomRowID, _ range: MessageRange, limit: Int, _ database: Database) throws -> MessagePage {
    let ends = try database.first("SELECT first_seq, last_seq, tail_count, tail_position FROM rooms WHERE id = ?", .integer(room.value)) {
      (first: $0.integer(0), last: $0.integer(1), tailCount: $0.integer(2), tailPosition: $0.integer(3))
    }
    let (kept, last, tailCount, tailPosition) = ends ?? (1, 0, 0, 0)
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
    func append(_ write: (inout [UInt8]) -> Void) {
      if page.count > 0 { page.json.append(UInt8(ascii: ",")) }
      write(&page.json)
      page.count += 1
    }
    let moved = min(end, last - tailCount)
    if first <= moved {
      try database.forEach(
        "SELECT json FROM messages WHERE id BETWEEN ? AND ? ORDER BY id", .integer(MessageID(room: room, seq: first).row),
        .integer(MessageID(room: room, seq: moved).row)
      ) { row in append { row.append(0, to: &$0) } }
    }
    if moved < end {
      for message in try tail(endingAt: tailPosition, from: max(first, moved + 1), database) where message.seq <= end {
        append { $0 += message.json }
      }
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
    composing: "\(message) SELECT id, user_id, fingerprint, position, json FROM message WHERE \(isKept)")
  private static let selectAny = Statement(composing: "\(message) SELECT id, user_id, fingerprint, position, json FROM message")
  private static let selectEnd = Statement(composing: "SELECT \(ColumnList.roomEnd) FROM rooms r WHERE r.id = ?")

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
