// The journal: all events in commit order, which the daemon publishes and clients resume from.
public import Domain
public import SQL

public enum Journal {
  /// Appends an event and returns its position. `cause` is charged for it (`Transaction.charge`), so that no verb can forget the limit;
  /// what was charged otherwise uses `insert`: messages, which have a limit of their own, and receipts, which replace each other. `message`
  /// is the message that a message event is about.
  @discardableResult
  public static func append(
    _ kind: EventKind, by cause: EventCause, room: RoomRowID? = nil, user: UserRowID? = nil, message: MessageID? = nil,
    session: SessionRowID? = nil, data: [UInt8], at now: Timestamp, _ transaction: Transaction
  ) throws -> Int64 {
    try transaction.charge(cause)
    let database = transaction.database
    let end = try room.flatMap { room in
      try database.first("SELECT last_position, public_id FROM rooms WHERE id = ?", .integer(room.value)) {
        (position: $0.integer(0), roomID: PublicID(trusted: $0.text(1)))
      }
    }
    let subject = Subject(
      room: room, user: user, seq: message?.seq, session: session, roomID: kind.survivesRoomDeletion ? end?.roomID : nil)
    let position = try insert(kind, subject, previous: end?.position ?? 0, data: data, at: now, transaction)
    if let room { try database.run("UPDATE rooms SET last_position = ? WHERE id = ?", .integer(position), .integer(room.value)) }
    return position
  }

  /// What an event is about.
  struct Subject {
    var room: RoomRowID?
    var user: UserRowID?
    var seq: Int64?
    var session: SessionRowID?
    var roomID: PublicID?
  }

  /// What the journal has of a message in the tail of its room beside the words.
  struct Message {
    var author: UserRowID
    var clientID: ClientID?
    var fingerprint: Int64?
    /// The position of the message before it in the tail.
    var previous: Int64?
  }

  /// Appends an event without reading its room: `previous` is the room's `last_position`, which the caller must set to the answer.
  static func insert(
    _ kind: EventKind, _ subject: Subject, _ message: Message? = nil, previous: Int64, data: [UInt8], at now: Timestamp,
    _ transaction: Transaction
  ) throws -> Int64 {
    // The write lock is held, so positions rise in the order of commits and have no gaps.
    let position = try (transaction.events.last?.position ?? lastPosition(transaction.database)) + 1
    let entry = JournalEntry(
      position: position, kind: kind, room: subject.room, user: subject.user, seq: subject.seq, session: subject.session,
      roomID: subject.roomID, data: data)
    // Only edits have an index by message: deleting a message must find them.
    let edited = kind == .messageEdited ? entry.message : nil
    try transaction.database.run(
      """
      INSERT INTO journal (
        position, kind, room_id, user_id, previous, message_id, created_at, data, seq, session_id, room_public_id,
        author_id, client_id, fingerprint, previous_message)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, .integer(position), .integer(kind.rawValue), .optional(entry.room?.value), .optional(entry.user?.value), .integer(previous),
      .optional(edited?.row), .integer(now.milliseconds), .utf8(data), .optional(entry.seq), .optional(entry.session?.value),
      .optional(entry.roomID?.text), .optional(message?.author.value), .optional(message?.clientID?.text),
      .optional(message?.fingerprint), .optional(message?.previous))
    transaction.append(entry)
    return position
  }

  /// The position of the newest event, even if it was removed since; 0 before the first.
  public static func lastPosition(_ database: Database) throws -> Int64 {
    try database.lastNumber(inTable: "journal")
  }

  /// Bytes of one batch, exceeded by its last event at most: few large messages must not take the memory of many small ones.
  public static let batchBytesMax = 2 << 20

  /// Events after a position, oldest first: at most `limit`, and no more once they have `bytesMax` bytes. To be called in a snapshot.
  public static func batch(
    after position: Int64, limit: Int, bytesMax: Int = batchBytesMax, _ database: Database
  ) throws -> JournalBatch {
    var entries: [JournalEntry] = []
    var bytes = 0
    try database.forEachWhile(selectAfter, .integer(position), .integer(Int64(limit))) { row in
      let entry = try complete(entry(row), database)
      entries.append(entry)
      bytes += entry.data.count
      return bytes < bytesMax
    }
    return JournalBatch(entries: entries, isFull: entries.count == limit || bytes >= bytesMax)
  }

  /// Events at these positions, in their order, as far as they exist: the first ones, until they have `bytesMax` bytes. To be called in a
  /// snapshot.
  public static func entries(at positions: some Sequence<Int64>, bytesMax: Int, _ database: Database) throws -> [JournalEntry] {
    var entries: [JournalEntry] = []
    var bytes = 0
    for position in positions where bytes < bytesMax {
      guard let found = try database.first(selectAt, .integer(position), read: entry) else { continue }
      let entry = try complete(found, database)
      bytes += entry.data.count
      entries.append(entry)
    }
    return entries
  }

  /// An event with the words of its message, if the journal has them no more. It is told with those that the message has by now; of one that
  /// is gone, nothing is told.
  private static func complete(_ entry: JournalEntry, _ database: Database) throws -> JournalEntry {
    guard entry.kind == .newMessage, entry.data.isEmpty, let id = entry.message else { return entry }
    var entry = entry
    if let json = try database.first("SELECT json FROM messages WHERE id = ?", .integer(id.row), read: { $0.bytes(0) }) {
      entry.data = json
    } else {
      entry.kind = .unknown
    }
    return entry
  }

  /// The positions of one room's events after a position, oldest first; of more than `limit`, the newest. Walks back from the room's newest
  /// event, so the cost depends on the answer alone.
  public static func positions(of room: RoomRowID, after position: Int64, limit: Int, _ database: Database) throws -> [Int64] {
    try database.all(
      """
      WITH RECURSIVE missed (position, previous) AS (
        SELECT j.position, j.previous FROM rooms r JOIN journal j ON j.position = r.last_position
        WHERE r.id = ?1 AND r.last_position > ?2
        UNION ALL
        SELECT j.position, j.previous FROM missed JOIN journal j ON j.position = missed.previous WHERE missed.previous > ?2
      )
      SELECT position FROM missed LIMIT ?3
      """, .integer(room.value), .integer(position), .integer(Int64(limit))
    ) { $0.integer(0) }.reversed()
  }

  /// The events of one user's joining and leaving of rooms after a position, oldest first, at most `limit`.
  public static func membershipChanges(
    of user: UserRowID, after position: Int64, limit: Int, _ database: Database
  ) throws -> [JournalEntry] {
    try database.all(selectMembershipChanges, .integer(user.value), .integer(position), .integer(Int64(limit)), read: entry)
  }

  /// Replaces the data of the events that contain a message, the one that announced it and those of its edits. An event without words gets
  /// none, unless the message `isRemoved` now.
  public static func redact(
    _ id: MessageID, announcedAt position: Int64, json: [UInt8], isRemoved: Bool = false, _ transaction: Transaction
  ) throws {
    try transaction.database.run(
      "UPDATE journal SET data = ? WHERE position = ? AND kind = ? AND (data <> '' OR ? = 1)", .utf8(json), .integer(position),
      .integer(EventKind.newMessage.rawValue), .integer(isRemoved ? 1 : 0))
    try transaction.database.run("UPDATE journal SET data = ? WHERE message_id = ?", .utf8(json), .integer(id.row))
    transaction.redact(with: json) { $0.kind != .messageDeleted && $0.message == id }
  }

  /// Removes up to `limit` events that are older than `time`, oldest first, and returns whether there may be more.
  public static func prune(before time: Timestamp, limit: Int, _ transaction: Transaction) throws -> Bool {
    let database = transaction.database
    let last = try database.first(
      """
      SELECT max(position) FROM (SELECT position, created_at FROM journal ORDER BY position LIMIT ?) oldest WHERE created_at < ?
      """, .integer(Int64(limit)), .integer(time.milliseconds)
    ) { $0.optionalInteger(0) }
    guard let last = last ?? nil else { return false }
    try Messages.moveTails(after: try Meta.journalFloor(database), through: last, transaction)
    try database.run("DELETE FROM journal WHERE position <= ?", .integer(last))
    try Meta.setJournalFloor(last, transaction)
    try HistorySections.prune(through: try Meta.journalFloor(database), transaction)
    return true
  }

  // MARK: Columns

  private static let selectAfter = Statement(
    composing: "SELECT \(columns) FROM journal j WHERE j.position > ? ORDER BY j.position LIMIT ?")
  private static let selectAt = Statement(composing: "SELECT \(columns) FROM journal j WHERE j.position = ?")
  private static let selectMembershipChanges = Statement(
    composing: """
      SELECT \(columns) FROM journal j
      WHERE j.user_id = ? AND j.position > ? AND j.kind IN (\(EventKind.numbers([.memberJoined, .memberLeft]))) ORDER BY j.position LIMIT ?
      """)

  private static let messageKinds: [EventKind] = [.newMessage, .messageEdited, .messageDeleted]
  private static let roomSubjectKinds = EventKind.allCases.filter(\.survivesRoomDeletion)

  /// What `entry` reads, of the table `j`. A program of schema 8 that is being replaced still writes rows without subjects, after the
  /// migration that fills them: theirs are read from the data.
  static let columns = """
    j.position, j.kind, j.room_id, j.user_id,
    COALESCE(j.seq, CASE WHEN j.kind IN (\(EventKind.numbers(messageKinds))) AND json_valid(j.data) THEN j.data ->> 'seq' END),
    COALESCE(j.session_id, CASE WHEN j.kind = \(EventKind.sessionEnded.rawValue) THEN CAST(j.data AS INTEGER) END),
    COALESCE(
      j.room_public_id, CASE WHEN j.kind IN (\(EventKind.numbers(roomSubjectKinds))) AND json_valid(j.data) THEN j.data ->> 'room_id' END),
    j.data
    """

  static func entry(_ row: Row) -> JournalEntry {
    var columns = row.columns()
    return JournalEntry(
      position: columns.integer(), kind: EventKind(rawValue: columns.integer()) ?? .unknown,
      room: columns.optionalInteger().map { RoomRowID($0) }, user: columns.optionalInteger().map { UserRowID($0) },
      seq: columns.optionalInteger(), session: columns.optionalInteger().map { SessionRowID($0) },
      roomID: columns.optionalText().map { PublicID(trusted: $0) }, data: columns.bytes())
  }
}

extension EventKind {
  /// The numbers of some kinds, for SQL. Bound parameters would not let SQLite use its partial indexes.
  static func numbers(_ kinds: [EventKind]) -> String { kinds.map { "\($0.rawValue)" }.joined(separator: ", ") }

  /// The bounds of the numbers of user-scoped kinds, for SQL.
  static var userScopedRange: String { "\(userScopedNumbers.lowerBound) AND \(userScopedNumbers.upperBound)" }
}
