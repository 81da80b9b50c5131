// Where in the journal the tails of rooms start: what is before it has moved.
import Domain
public import SQL

extension MessageTails {
  /// Messages between two steps of `advance`, and the events of one step at most.
  private static let stepMessages: Int64 = 32
  private static let stepEvents: Int64 = 1024

  /// All messages of tails are after this position; nil as long as no room may have a tail.
  static func start(_ database: Database) throws -> Int64? { try Meta.tailsStart(database) }

  /// Lets rooms have tails from now on. Call only while no program uses the database that knows nothing of them.
  public static func allow(_ transaction: Transaction) throws {
    guard try start(transaction.database) == nil else { return }
    try Meta.setTailsStart(Journal.lastPosition(transaction.database), transaction)
  }

  /// Whether `allow` was called.
  public static func areAllowed(_ database: Database) throws -> Bool { try start(database) != nil }

  /// Moves the start on, once in some messages, as far as the journal's end allows: moves the tails of slow rooms that have a message on the
  /// way, and takes the words of messages out of the journal, since they are in `messages` then. An event without words is told with those
  /// of its message (`Journal.batch`).
  func advance(to position: Int64, _ transaction: Transaction) throws {
    let database = transaction.database
    guard position % Self.stepMessages == 0, let start = try Self.start(database), start < position - positionsMax else { return }
    // Positions have gaps where a database was put back.
    let last = try database.first(
      "SELECT max(position) FROM (SELECT position FROM journal WHERE position > ? ORDER BY position LIMIT ?) step WHERE position <= ?",
      .integer(start), .integer(Self.stepEvents), .integer(position - positionsMax)
    ) { $0.optionalInteger(0) }
    let end = (last ?? nil) ?? position - positionsMax
    try Messages.moveTails(after: start, through: end, transaction)
    try Self.takeWords(after: start, through: end, transaction)
    try Meta.setTailsStart(end, transaction)
  }

  /// Leaves of the events of messages only what is not in `messages`. The rows are deleted and inserted anew: those that an UPDATE makes
  /// shorter keep the pages that they have (SQLite merges pages when rows are deleted). One whose message was removed (`Journal.redact`)
  /// has no author any more, and keeps what is left of it.
  private static func takeWords(after start: Int64, through end: Int64, _ transaction: Transaction) throws {
    let database = transaction.database
    let events = try database.all(selectWithWords, .integer(start), .integer(end)) { row in
      (position: row.integer(0), room: row.integer(1), previous: row.integer(2), createdAt: row.integer(3), seq: row.integer(4))
    }
    try database.run(deleteWithWords, .integer(start), .integer(end))
    for event in events {
      try database.run(
        insertWithoutWords, .integer(event.position), .integer(EventKind.newMessage.rawValue), .integer(event.room),
        .integer(event.previous), .integer(event.createdAt), .integer(event.seq))
    }
  }

  private static let haveWords =
    "position > ? AND position <= ? AND kind = \(EventKind.newMessage.rawValue) AND author_id IS NOT NULL"
  private static let selectWithWords = Statement(
    composing: "SELECT position, room_id, previous, created_at, seq FROM journal WHERE \(haveWords) ORDER BY position")
  private static let deleteWithWords = Statement(composing: "DELETE FROM journal WHERE \(haveWords)")
  private static let insertWithoutWords: Statement =
    "INSERT INTO journal (position, kind, room_id, previous, created_at, data, seq) VALUES (?, ?, ?, ?, ?, '', ?)"
}
