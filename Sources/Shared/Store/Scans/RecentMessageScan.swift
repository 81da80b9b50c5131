// Scans the messages of some rooms, the newest first.
public import Domain
public import SQL

/// Reads the rooms themselves, so it is complete whatever the index has. The rooms are merged, always reading the one whose next message
/// is the newest; a message costs one query.
public struct RecentMessageScan {
  /// The next message of a room.
  private struct Head: Comparable {
    let message: SearchableMessage

    static func < (one: Head, other: Head) -> Bool { one.message.position > other.message.position }
    static func == (one: Head, other: Head) -> Bool { one.message.position == other.message.position }
  }

  private var heads = Heap<Head>([])
  private let range: ClosedRange<Int64>
  private let database: Database

  /// Messages whose positions are in `range`.
  public init(in rooms: [RoomEnd], _ range: ClosedRange<Int64>, _ database: Database) throws {
    (self.range, self.database) = (range, database)
    for end in rooms where end.lastPosition >= range.lowerBound {
      var seq = end.lastSeq
      if try Messages.position(of: MessageID(room: end.room, seq: seq).row, database) ?? 0 > range.upperBound {
        seq = try Messages.firstSeq(of: end.room.value, lastSeq: seq, after: range.upperBound, database) - 1
      }
      try insert(MessageID(room: end.room, seq: seq))
    }
  }

  public mutating func next() throws -> SearchableMessage? {
    guard let message = heads.removeFirst()?.message else { return nil }
    let place = MessageID(row: message.row)
    try insert(MessageID(room: place.room, seq: place.seq - 1))
    return message
  }

  private mutating func insert(_ place: MessageID) throws {
    guard place.seq > 0, let message = try Messages.searchable(place.row, database), range.contains(message.position) else { return }
    heads.insert(Head(message: message))
  }
}
