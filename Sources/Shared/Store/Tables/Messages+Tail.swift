// The tails of rooms: the newest messages of a room are in the journal alone, and several of them move into `messages` at once.
public import Domain
public import SQL

extension Messages {
  /// Messages that a tail has at most. They move side by side, so that a message costs a fraction of a page of the table, not one or more.
  static let tailMax: Int64 = 16

  // MARK: Reading

  /// SQL: the positions of the tail of room ?1, the newest first.
  static let tail = """
    tail (position, previous, seq) AS (
      SELECT j.position, j.previous_message, j.seq FROM rooms r JOIN journal j ON j.position = r.tail_position WHERE r.id = ?1
      UNION ALL
      SELECT j.position, j.previous_message, j.seq FROM tail t JOIN journal j ON j.position = t.previous
    )
    """

  /// SQL: `message`, the one of room ?1 numbered ?2, wherever it is. In one statement, so that it is not missed while its tail moves.
  static let message = """
    WITH RECURSIVE \(tail),
    message (id, user_id, fingerprint, position, json) AS (
      SELECT id, user_id, fingerprint, position, json FROM messages WHERE id = ?1 << 32 | ?2
      UNION ALL
      SELECT j.room_id << 32 | j.seq, j.author_id, j.fingerprint, j.position, j.data FROM tail t JOIN journal j ON j.position = t.position
      WHERE t.seq = ?2
    )
    """

  /// SQL: whether the message of room ?1 numbered ?2 has not expired.
  static let isKept = "?2 >= coalesce((SELECT first_seq FROM rooms WHERE id = ?1), 1)"

  /// A message in a tail.
  struct TailMessage {
    let seq: Int64
    let author: UserRowID
    let json: [UInt8]
  }

  /// The messages of the tail that ends at `position` (0: none), from `seq` on, in their order. To be called in a snapshot. Step by step: one
  /// recursive statement that sorts took a third of the time of a whole page.
  static func tail(endingAt position: Int64, from seq: Int64, _ database: Database) throws -> [TailMessage] {
    var messages: [TailMessage] = []
    var position = position
    while position > 0 {
      let found = try database.first(
        "SELECT seq, author_id, data, previous_message FROM journal WHERE position = ?", .integer(position)
      ) { row in
        (TailMessage(seq: row.integer(0), author: UserRowID(row.integer(1)), json: row.bytes(2)), row.optionalInteger(3) ?? 0)
      }
      guard let (message, previous) = found, message.seq >= seq else { break }
      messages.append(message)
      position = previous
    }
    return messages.reversed()
  }

  /// Whether the oldest message of a tail is older than `time`.
  public static func tailBegins(before time: Timestamp, in room: RoomRowID, _ database: Database) throws -> Bool {
    let time = String(decoding: time.rfc3339, as: UTF8.self)
    return try database.first(selectTailBegin, .integer(room.value), .text(time)) { $0.integer(0) == 1 } ?? false
  }

  // MARK: Moving

  /// Moves the tail that a message is in into `messages`. To be called before anything but the journal and replies names the message.
  static func moveTail(with id: MessageID, _ transaction: Transaction) throws {
    guard let end = try end(of: id.room, transaction.database), id.seq > end.lastSeq - end.tailCount else { return }
    try moveTail(of: id.room, transaction)
  }

  /// Moves a room's tail into `messages`.
  public static func moveTail(of room: RoomRowID, _ transaction: Transaction) throws {
    guard let end = try end(of: room, transaction.database), end.tailCount > 0 else { return }
    try move(end.tailCount, endingAt: end.tailPosition, transaction)
    try transaction.database.run("UPDATE rooms SET tail_count = 0, tail_position = 0 WHERE id = ?", .integer(room.value))
  }

  /// Copies `count` messages of a tail, of which the last is at `position`. Throws if the journal lacks one.
  static func move(_ count: Int64, endingAt position: Int64, _ transaction: Transaction) throws {
    let moved: Int64
    do {
      moved = try transaction.database.run(insertTail, .integer(position))
    } catch let error as StoreError where error.isUniqueViolation {
      // No room may be stuck because two messages have one client id.
      moved = try transaction.database.run(insertTailWithoutTakenIDs, .integer(position))
    }
    guard moved == count else {
      let message = "the tail that ends at position \(position) has \(moved) messages instead of \(count)"
      throw StoreError(.corruption, message: message, sql: insertTail.text)
    }
  }

  /// Moves the tails of rooms that have a message at one of these positions: of at most `limit` rooms. False if none was left.
  @discardableResult
  static func moveTails(after first: Int64, through last: Int64, limit: Int = .max, _ transaction: Transaction) throws -> Bool {
    let rooms = try transaction.database.all(selectRoomsAt, .integer(first), .integer(last), .integer(Int64(limit))) {
      RoomRowID($0.integer(0))
    }
    for room in rooms { try moveTail(of: room, transaction) }
    return rooms.count == limit
  }
}

// MARK: Statements

extension Messages {
  private static let selectTailBegin = Statement(
    composing: """
      WITH RECURSIVE \(tail)
      SELECT j.data ->> 'created_at' < ?2 FROM tail t JOIN journal j ON j.position = t.position WHERE t.previous IS NULL
      """)

  private static let insertTail = Statement(composing: insertTail(clientID: "j.client_id"))
  private static let insertTailWithoutTakenIDs = Statement(
    composing: insertTail(
      clientID: """
        CASE WHEN NOT EXISTS (SELECT 1 FROM messages m WHERE m.user_id = j.author_id AND m.client_id = j.client_id)
        THEN j.client_id END
        """))

  private static func insertTail(clientID: String) -> String {
    """
    WITH RECURSIVE tail (position, previous) AS (
      SELECT position, previous_message FROM journal WHERE position = ?
      UNION ALL
      SELECT j.position, j.previous_message FROM tail t JOIN journal j ON j.position = t.previous
    )
    INSERT INTO messages (id, user_id, client_id, fingerprint, position, json)
    SELECT j.room_id << 32 | j.seq, j.author_id, \(clientID), j.fingerprint, j.position, j.data
    FROM tail t JOIN journal j ON j.position = t.position ORDER BY t.position
    """
  }

  private static let selectRoomsAt = Statement(
    composing: """
      SELECT DISTINCT j.room_id FROM journal j JOIN rooms r ON r.id = j.room_id
      WHERE j.position > ? AND j.position <= ? AND j.kind = \(EventKind.newMessage.rawValue) AND j.seq > r.last_seq - r.tail_count LIMIT ?
      """)
}
