// Scans all messages in the order of their positions.
public import Domain
public import SQL

/// Messages have no index by position, but positions rise within each room: so the rooms are merged, always reading the one whose next
/// message is the oldest. Costs one query for each change of room.
public struct BackfillScan {
  /// The next message of a room.
  private struct Head: Comparable {
    let position: Int64
    let row: Int64

    static func < (one: Head, other: Head) -> Bool { (one.position, one.row) < (other.position, other.row) }
  }

  private var heads: Heap<Head>
  private let last: Int64

  /// Messages after `position`, through `last`.
  public init(after position: Int64, through last: Int64, _ database: Database) throws {
    self.last = last
    let rooms = try database.all("SELECT id, last_seq FROM rooms WHERE last_position > ?", .integer(position)) {
      (rowID: $0.integer(0), lastSeq: $0.integer(1))
    }
    heads = Heap(
      try rooms.compactMap { room in
        let row = room.rowID << 32 | (try Messages.firstSeq(of: room.rowID, lastSeq: room.lastSeq, after: position, database))
        return try Messages.position(of: row, database).map { Head(position: $0, row: row) }
      })
  }

  /// The next messages, at most `limit`, and no more once they have `bytesMax` bytes; none at the end.
  public mutating func next(limit: Int, bytesMax: Int, _ database: Database) throws -> [SearchableMessage] {
    var messages: [SearchableMessage] = []
    var bytes = 0
    while messages.count < limit, bytes < bytesMax, let head = heads.removeFirst() {
      guard head.position <= last else { continue }
      let others = heads.first?.position ?? .max
      var (row, isCut) = (head.row, false)
      try database.forEachWhile(
        "SELECT id, user_id, position, json FROM messages WHERE id >= ? AND id <= ? ORDER BY id",
        .integer(head.row), .integer(head.row | MessageID.seqMax)
      ) { found in
        let message = Messages.searchableMessage(found)
        guard messages.count < limit, bytes < bytesMax, message.position <= min(last, others) || message.row == head.row else {
          heads.insert(Head(position: message.position, row: message.row))
          isCut = true
          return false
        }
        messages.append(message)
        bytes += message.json.count
        row = message.row + 1
        return true
      }
      if isCut { continue }
      // What follows is in the room's tail, from which each message is read by itself.
      if row == head.row, let message = try Messages.searchable(row, database) {
        messages.append(message)
        bytes += message.json.count
        row += 1
      }
      if row > head.row, let position = try Messages.position(of: row, database) { heads.insert(Head(position: position, row: row)) }
    }
    return messages
  }
}
