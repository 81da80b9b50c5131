// All messages in the order in which they were said, room beside room.
package import Domain

/// Positions rise in each room, and no index is kept by them: so the rooms are read side by side, always the one whose next message is
/// the oldest. Costs one question for each change from room to room.
package struct BackfillScan {
  /// Where a room goes on.
  private struct Head: Comparable {
    let position: Int64
    let row: Int64

    static func < (one: Head, other: Head) -> Bool { (one.position, one.row) < (other.position, other.row) }
  }

  private var heads: Heap<Head>
  private let last: Int64

  /// Messages after a position and through another.
  package init(after position: Int64, through last: Int64, _ database: Database) throws {
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

  /// The next messages; none at the end.
  package mutating func next(limit: Int, _ database: Database) throws -> [SearchableMessage] {
    var messages: [SearchableMessage] = []
    while messages.count < limit, let head = heads.removeFirst() {
      guard head.position <= last else { continue }
      let others = heads.first?.position ?? .max
      try database.step(
        "SELECT id, user_id, position, json FROM messages WHERE id >= ? AND id <= ? ORDER BY id",
        [.integer(head.row), .integer(head.row | MessageID.seqMax)]
      ) { row in
        let position = row.integer(2)
        guard messages.count < limit, position <= min(last, others) || row.integer(0) == head.row else {
          heads.insert(Head(position: position, row: row.integer(0)))
          return false
        }
        messages.append(Messages.searchableMessage(row))
        return true
      }
    }
    return messages
  }
}
