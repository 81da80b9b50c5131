// Where in the messages a search may look, and what it finds there.
package import Domain
package import SQL

extension Messages {
  /// The rooms that a user is in, those with the latest events first.
  package static func searchableRooms(of user: UserRowID, limit: Int, _ database: Database) throws -> [RoomEnd] {
    try database.all(
      """
      SELECT r.id, r.last_seq, r.last_position FROM memberships m JOIN rooms r ON r.id = m.room_id
      WHERE m.user_id = ? ORDER BY r.last_position DESC, r.id LIMIT ?
      """, .integer(user.value), .integer(Int64(limit)), read: roomEnd)
  }

  /// The first number in a room that was announced after `position`; numbers are dense, so the room is halved until it is found.
  static func firstSeq(of room: Int64, lastSeq: Int64, after position: Int64, _ database: Database) throws -> Int64 {
    var (low, high) = (Int64(1), lastSeq + 1)
    while low < high {
      let middle = low + (high - low) / 2
      if try Self.position(of: room << 32 | middle, database) ?? .max > position { high = middle } else { low = middle + 1 }
    }
    return low
  }

  package static func searchable(_ row: Int64, _ database: Database) throws -> SearchableMessage? {
    try database.first("SELECT id, user_id, position, json FROM messages WHERE id = ?", .integer(row), read: searchableMessage)
  }

  /// Where the journal announced a message.
  package static func position(of row: Int64, _ database: Database) throws -> Int64? {
    try database.first("SELECT position FROM messages WHERE id = ?", .integer(row)) { $0.integer(0) }
  }

  /// Whether a message was written before a time; nil if there is no such message.
  package static func isWritten(_ row: Int64, before time: Timestamp, _ database: Database) throws -> Bool? {
    try database.first(
      "SELECT json_extract(json, '$.created_at') < ? FROM messages WHERE id = ?", .text(String(decoding: time.rfc3339, as: UTF8.self)),
      .integer(row)
    ) { $0.integer(0) == 1 }
  }

  static func searchableMessage(_ row: Row) -> SearchableMessage {
    SearchableMessage(row: row.integer(0), author: UserRowID(row.integer(1)), position: row.integer(2), json: row.bytes(3))
  }
}

extension JournalEntry {
  /// The row of the message that the event is about; nil for other events. In the data of all of them `seq` is the second member.
  package var messageRow: Int64? {
    guard [.newMessage, .messageEdited, .messageDeleted].contains(kind), let room else { return nil }
    let mark = Array(#"","seq":"#.utf8)
    // After {"room_id":" and at most 32 characters.
    let starts = 12..<max(12, min(49, data.count - mark.count + 1))
    guard let start = starts.first(where: { data[$0...].starts(with: mark) }) else { return nil }
    let digits = data[(start + mark.count)...].prefix { (0x30...0x39).contains($0) }
    guard (1...10).contains(digits.count) else { return nil }
    let seq = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
    guard (1...MessageID.seqMax).contains(seq) else { return nil }
    return MessageID(room: room, seq: seq).row
  }
}

extension Journal {
  /// Edits after a position, oldest first, at most `limit`.
  package static func edits(after position: Int64, limit: Int, _ database: Database) throws -> [MessageEdit] {
    try database.all(
      """
      SELECT message_id, position FROM journal INDEXED BY journal_edited
      WHERE message_id IS NOT NULL AND position > ? ORDER BY position LIMIT ?
      """, .integer(position), .integer(Int64(limit))
    ) { MessageEdit(row: $0.integer(0), position: $0.integer(1)) }
  }
}
