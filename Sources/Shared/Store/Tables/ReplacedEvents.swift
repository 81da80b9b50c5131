// Events of the journal whose words were replaced or deleted since.
public import Domain
public import SQL

/// A walk along the journal, a portion at a time, which remembers how far it has come.
public enum ReplacedEvents {
  /// Events that are looked at for one portion.
  public static let scannedMax: Int64 = 5000
  /// Messages and rooms in one portion: a few milliseconds of the writer.
  public static let portionMax: Int64 = 200
  private static let follower = "erasing"

  public struct Portion: Sendable {
    /// Messages that were edited.
    public let edited: Set<MessageID>
    /// The positions of deletions of rooms.
    public let deletedRooms: [Int64]
    let last: Int64
    /// Whether there may be another portion at once.
    public let isFull: Bool
  }

  /// The next edits and deletions that are older than `time`; nil if no event is.
  public static func next(before time: Timestamp, _ database: Database) throws -> Portion? {
    let start = try Meta.followerPosition(follower, database) ?? Meta.journalFloor(database)
    let window = try database.first(
      """
      SELECT max(position), count(*) FROM (SELECT position, created_at FROM journal WHERE position > ? ORDER BY position LIMIT ?) scanned
      WHERE created_at < ?
      """, .integer(start), .integer(scannedMax), .integer(time.milliseconds)
    ) { (last: $0.optionalInteger(0), count: $0.integer(1)) }
    guard let window, let end = window.last else { return nil }
    let events = try database.all(select, .integer(start), .integer(end), .integer(portionMax), read: Journal.entry)
    let isCut = events.count == Int(portionMax)
    return Portion(
      edited: Set(events.filter { $0.kind == .messageEdited }.compactMap(\.message)),
      deletedRooms: events.filter { $0.kind == .roomDeleted }.map(\.position), last: isCut ? events.last?.position ?? end : end,
      isFull: isCut || window.count == scannedMax)
  }

  /// The events that contain a message.
  public static func positions(of message: StoredMessage, _ database: Database) throws -> [Int64] {
    [message.position] + (try database.all("SELECT position FROM journal WHERE message_id = ?", .integer(message.id.row)) { $0.integer(0) })
  }

  /// Replaces the data of an event, if it is there and differs.
  public static func rewrite(at position: Int64, _ transaction: Transaction, _ rewritten: ([UInt8]) -> [UInt8]?) throws {
    let database = transaction.database
    guard let data = try database.first("SELECT data FROM journal WHERE position = ?", .integer(position), read: { $0.bytes(0) }),
      let new = rewritten(data), new != data
    else { return }
    try database.run("UPDATE journal SET data = ? WHERE position = ?", .utf8(new), .integer(position))
  }

  public static func setDone(_ portion: Portion, _ transaction: Transaction) throws {
    try Meta.setFollowerPosition(portion.last, of: follower, transaction)
  }

  private static let select = Statement(
    composing: """
      SELECT \(Journal.columns) FROM journal j WHERE j.position > ? AND j.position <= ?
        AND j.kind IN (\(EventKind.numbers([.messageEdited, .roomDeleted]))) ORDER BY j.position LIMIT ?
      """)
}
