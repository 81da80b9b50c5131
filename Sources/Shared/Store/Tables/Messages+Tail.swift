// The tails of rooms: the newest messages of a room are in the journal alone, and several of them move into `messages` at once.
public import Domain
public import SQL

extension Messages {
  /// Messages that a tail has at most. They move side by side, so that a message costs a fraction of a page of the table, not one or more.
  static let tailMax: Int64 = 16

  // MARK: Reading

  /// SQL: the positions of the tail of room ?1, the newest first; none if it lacks the message numbered ?2.
  static let tail = """
    tail (position, previous, seq) AS (
      SELECT j.position, j.previous_message, j.seq FROM rooms r JOIN journal j ON j.position = r.tail_position
      WHERE r.id = ?1 AND ?2 > r.last_seq - r.tail_count
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

  /// Calls `body` with the number, author, position, JSON and time of each message of a tail from `seq` on, in their order.
  static func forEachInTail(of room: RoomRowID, from seq: Int64, _ database: Database, body: (Row) throws -> Void) throws {
    try database.forEach(selectTail, .integer(room.value), .integer(seq), body: body)
  }

  /// Rooms whose tails have a message of this author.
  public static func roomsWithTails(of author: UserRowID, _ database: Database) throws -> [RoomRowID] {
    guard let start = try MessageTails.begin(database) else { return [] }
    return try database.all(selectRoomsOfAuthor, .integer(start), .integer(author.value)) { RoomRowID($0.integer(0)) }
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
    let moved = try transaction.database.run(insertTail, .integer(position))
    guard moved == count else {
      let message = "the tail that ends at position \(position) has \(moved) messages instead of \(count)"
      throw StoreError(.corruption, message: message, sql: insertTail.text)
    }
  }

  /// Moves the tails of rooms that have a message at one of these positions.
  static func moveTails(after first: Int64, through last: Int64, _ transaction: Transaction) throws {
    let rooms = try transaction.database.all(selectRoomsAt, .integer(first), .integer(last)) { RoomRowID($0.integer(0)) }
    for room in rooms { try moveTail(of: room, transaction) }
  }
}

// MARK: Statements

extension Messages {
  private static let selectTail = Statement(
    composing: """
      WITH RECURSIVE \(tail)
      SELECT j.seq, j.author_id, j.position, j.data, j.data ->> 'created_at' FROM tail t JOIN journal j ON j.position = t.position
      WHERE t.seq >= ?2 ORDER BY t.seq
      """)

  private static let selectTailBegin = Statement(
    composing: """
      WITH RECURSIVE tail (position, previous) AS (
        SELECT j.position, j.previous_message FROM rooms r JOIN journal j ON j.position = r.tail_position WHERE r.id = ?1
        UNION ALL
        SELECT j.position, j.previous_message FROM tail t JOIN journal j ON j.position = t.previous
      )
      SELECT j.data ->> 'created_at' < ?2 FROM tail t JOIN journal j ON j.position = t.position WHERE t.previous IS NULL
      """)

  private static let insertTail: Statement = """
    WITH RECURSIVE tail (position, previous) AS (
      SELECT position, previous_message FROM journal WHERE position = ?
      UNION ALL
      SELECT j.position, j.previous_message FROM tail t JOIN journal j ON j.position = t.previous
    )
    INSERT INTO messages (id, user_id, client_id, fingerprint, position, json)
    SELECT j.room_id << 32 | j.seq, j.author_id, j.client_id, j.fingerprint, j.position, j.data
    FROM tail t JOIN journal j ON j.position = t.position ORDER BY t.position
    """

  private static let roomsWithTails = "SELECT DISTINCT j.room_id FROM journal j JOIN rooms r ON r.id = j.room_id"
  private static let isInTail = "j.kind = \(EventKind.newMessage.rawValue) AND j.seq > r.last_seq - r.tail_count"
  private static let selectRoomsAt = Statement(
    composing: "\(roomsWithTails) WHERE j.position > ? AND j.position <= ? AND \(isInTail)")
  private static let selectRoomsOfAuthor = Statement(
    composing: "\(roomsWithTails) WHERE j.position > ? AND j.author_id = ? AND \(isInTail)")
}
