// The messages that are in the index, by position.
package import Domain

extension SearchIndex {
  /// The row of the message at a position; nil if none is in the index.
  package static func messageRow(at position: Int64, _ index: Database) throws -> Int64? {
    try index.first("SELECT message_row FROM documents WHERE position = ?", .integer(position)) { $0.integer(0) }
  }

  /// The position of the newest message in the index; 0 if there is none.
  package static func lastPosition(_ index: Database) throws -> Int64 {
    try index.first("SELECT max(position) FROM documents") { $0.integer(0) } ?? 0
  }

  /// Messages that are gone and that the index still has, of which so many are stepped over when a time is looked for.
  private static let goneMax = 64

  /// The first position in the index at which something was said at `time` or later; behind the last if there is none. Clocks that were
  /// set back blur the border.
  package static func firstPosition(from time: Timestamp, _ index: Database, _ database: Database) throws -> Int64 {
    var low = try index.first("SELECT min(position) FROM documents") { $0.integer(0) } ?? 0
    var high = try lastPosition(index) + 1
    while low < high {
      let middle = low + (high - low) / 2
      if let position = try earlierPosition(than: time, from: middle, before: high, index, database) {
        low = position + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// The position of the first message from `first` on, if there is one before `end` and it was said before `time`.
  private static func earlierPosition(
    than time: Timestamp, from first: Int64, before end: Int64, _ index: Database, _ database: Database
  ) throws -> Int64? {
    let documents = try index.all(
      "SELECT position, message_row FROM documents WHERE position >= ? AND position < ? ORDER BY position LIMIT ?", .integer(first),
      .integer(end), .integer(Int64(goneMax))
    ) { (position: $0.integer(0), row: $0.integer(1)) }
    for document in documents {
      guard let isEarlier = try Messages.wasSaid(document.row, before: time, database) else { continue }
      return isEarlier ? document.position : nil
    }
    return nil
  }
}

extension Messages {
  /// Whether a message was said before a time; nil if there is no such message.
  package static func wasSaid(_ row: Int64, before time: Timestamp, _ database: Database) throws -> Bool? {
    try database.first(
      "SELECT json_extract(json, '$.created_at') < ? FROM messages WHERE id = ?", .text(String(decoding: time.rfc3339, as: UTF8.self)),
      .integer(row)
    ) { $0.integer(0) == 1 }
  }
}
