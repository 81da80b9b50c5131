// The messages that are in the index, by position.
public import SQL

extension SearchIndex {
  /// The row of the message at a position; nil if none is in the index.
  public static func messageRow(at position: Int64, _ index: Database) throws -> Int64? {
    try index.first("SELECT message_row FROM documents WHERE position = ?", .integer(position)) { $0.integer(0) }
  }

  /// The position of the newest message in the index; 0 if there is none.
  public static func lastPosition(_ index: Database) throws -> Int64 {
    try index.first("SELECT max(position) FROM documents") { $0.integer(0) } ?? 0
  }

  /// Deleted messages that are still in the index, as many as are stepped over when a time is looked up.
  private static let deletedMax = 64

  /// The first position in the index whose message `isEarlier` does not call earlier than a time; behind the last if there is none.
  /// `isEarlier` is asked about rows of messages, and returns nil for one that is deleted. Of many deleted ones in a row, `deletedAreEarlier`
  /// says what they count as: true makes the position a safe end of a range, false a safe beginning. Found by halving, so clocks that were
  /// set back blur the answer.
  public static func firstPosition(
    _ index: Database, deletedAreEarlier: Bool, unless isEarlier: (Int64) throws -> Bool?
  ) throws -> Int64 {
    var low = try index.first("SELECT min(position) FROM documents") { $0.integer(0) } ?? 0
    var high = try lastPosition(index) + 1
    while low < high {
      let middle = low + (high - low) / 2
      if let position = try earlierPosition(from: middle, before: high, index, deletedAreEarlier, isEarlier) {
        low = position + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// The position of the first message from `first` on that is not deleted, if there is one before `end` and it is earlier. If only deleted
  /// ones were looked at, the last of them if they count as earlier.
  private static func earlierPosition(
    from first: Int64, before end: Int64, _ index: Database, _ deletedAreEarlier: Bool, _ isEarlier: (Int64) throws -> Bool?
  ) throws -> Int64? {
    let documents = try index.all(
      "SELECT position, message_row FROM documents WHERE position >= ? AND position < ? ORDER BY position LIMIT ?", .integer(first),
      .integer(end), .integer(Int64(deletedMax))
    ) { (position: $0.integer(0), row: $0.integer(1)) }
    for document in documents {
      guard let isEarlier = try isEarlier(document.row) else { continue }
      return isEarlier ? document.position : nil
    }
    return deletedAreEarlier ? documents.last?.position ?? first : nil
  }
}
