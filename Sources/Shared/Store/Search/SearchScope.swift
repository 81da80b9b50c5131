// Where in the messages a search may look, and what it finds there.
package import Domain

/// One room of those that the asker may read.
package struct SearchableRoom: Sendable {
  package let number: RoomNumber
  package let lastSeq: Int64
  /// No message of the room stands behind this position.
  package let lastPosition: Int64
}

/// A message as a search looks at it.
package struct SearchableMessage: Sendable {
  package let row: Int64
  package let author: UserNumber
  package let position: Int64
  package let json: [UInt8]
}

extension Messages {
  /// The rooms that a user is in, those with the latest events first.
  package static func searchableRooms(of user: UserNumber, limit: Int, _ database: Database) throws -> [SearchableRoom] {
    try database.all(
      """
      SELECT r.id, r.last_seq, r.last_position FROM memberships m JOIN rooms r ON r.id = m.room_id
      WHERE m.user_id = ? ORDER BY r.last_position DESC, r.id LIMIT ?
      """, .integer(user.number), .integer(Int64(limit)), read: searchableRoom)
  }

  /// One room, whoever asks.
  package static func searchableRoom(_ room: RoomNumber, _ database: Database) throws -> SearchableRoom? {
    try database.first("SELECT id, last_seq, last_position FROM rooms WHERE id = ?", .integer(room.number), read: searchableRoom)
  }

  package static func searchable(_ row: Int64, _ database: Database) throws -> SearchableMessage? {
    try database.first("SELECT id, user_id, position, json FROM messages WHERE id = ?", .integer(row), read: searchableMessage)
  }

  /// Messages after a row, in the order of rows.
  package static func searchable(after row: Int64, limit: Int, _ database: Database) throws -> [SearchableMessage] {
    try database.all(
      "SELECT id, user_id, position, json FROM messages WHERE id > ? ORDER BY id LIMIT ?", .integer(row), .integer(Int64(limit)),
      read: searchableMessage)
  }

  /// The first row of a room that was announced at `position` or later; behind the last one if there is none.
  package static func firstRow(of room: SearchableRoom, from position: Int64, _ database: Database) throws -> Int64 {
    try firstRow(of: room) { row in
      try database.first("SELECT position >= ?2 FROM messages WHERE id = ?1", .integer(row), .integer(position)) { $0.integer(0) == 1 }
        ?? true
    }
  }

  /// The first row of a room that was said at `time` or later; behind the last one if there is none. Clocks that were set back blur the border.
  package static func firstRow(of room: SearchableRoom, from time: Timestamp, _ database: Database) throws -> Int64 {
    let text = String(decoding: time.rfc3339, as: UTF8.self)
    return try firstRow(of: room) { row in
      try database.first(
        "SELECT json_extract(json, '$.created_at') >= ?2 FROM messages WHERE id = ?1", .integer(row), .text(text)
      ) { $0.integer(0) == 1 } ?? true
    }
  }

  /// Halves the room's rows, which are dense, until the first one for which `isBehind` says true is found.
  private static func firstRow(of room: SearchableRoom, _ isBehind: (Int64) throws -> Bool) throws -> Int64 {
    var (low, high) = (Int64(1), room.lastSeq + 1)
    while low < high {
      let middle = low + (high - low) / 2
      if try isBehind(room.number.number << 32 | middle) { high = middle } else { low = middle + 1 }
    }
    return room.number.number << 32 | low
  }

  private static func searchableRoom(_ row: Row) -> SearchableRoom {
    SearchableRoom(number: RoomNumber(row.integer(0)), lastSeq: row.integer(1), lastPosition: row.integer(2))
  }

  private static func searchableMessage(_ row: Row) -> SearchableMessage {
    SearchableMessage(row: row.integer(0), author: UserNumber(row.integer(1)), position: row.integer(2), json: row.bytes(3))
  }
}

extension JournalEntry {
  /// The row of the message that the event is about; nil for other events. In the data of all of them `seq` is the second member.
  package var messageRow: Int64? {
    guard [.newMessage, .messageEdited, .messageDeleted].contains(kind), let room else { return nil }
    let mark = Array(#"","seq":"#.utf8)
    // After {"room_id":" and at most 32 characters.
    guard let start = (12...min(48, max(12, data.count - mark.count))).first(where: { data[$0...].starts(with: mark) }) else { return nil }
    let digits = data[(start + mark.count)...].prefix { (0x30...0x39).contains($0) }
    guard (1...10).contains(digits.count) else { return nil }
    let seq = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
    guard (1...MessagePlace.seqMax).contains(seq) else { return nil }
    return MessagePlace(room: room, seq: seq).row
  }
}

extension Journal {
  /// The rows of messages that were said or edited after a position, in one room or in all: of more than `limit` events, the newest.
  package static func searchableRows(after position: Int64, in room: RoomNumber?, limit: Int, _ database: Database) throws -> Set<Int64> {
    let entries =
      if let room { try entries(of: room, after: position, limit: limit, database) } else {
        try database.all(
          "SELECT position, kind, room_id, user_id, data FROM journal WHERE position > ? AND kind IN (1, 2) ORDER BY position DESC LIMIT ?",
          .integer(position), .integer(Int64(limit)), read: entry)
      }
    return Set(entries.compactMap(\.messageRow))
  }
}
