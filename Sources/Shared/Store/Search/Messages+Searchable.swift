// Where in the messages a search may look, and what it finds there.
package import Domain

/// A message as a search looks at it.
package struct SearchableMessage: Sendable {
  package let row: Int64
  package let author: UserNumber
  package let position: Int64
  package let json: [UInt8]
}

extension Messages {
  /// The rooms that a user is in, those with the latest events first.
  package static func searchableRooms(of user: UserNumber, limit: Int, _ database: Database) throws -> [RoomNumber] {
    try database.all(
      """
      SELECT r.id FROM memberships m JOIN rooms r ON r.id = m.room_id
      WHERE m.user_id = ? ORDER BY r.last_position DESC, r.id LIMIT ?
      """, .integer(user.number), .integer(Int64(limit))
    ) { RoomNumber($0.integer(0)) }
  }

  package static func searchable(_ row: Int64, _ database: Database) throws -> SearchableMessage? {
    try database.first("SELECT id, user_id, position, json FROM messages WHERE id = ?", .integer(row), read: searchableMessage)
  }

  /// Where the journal announced a message.
  package static func position(of row: Int64, _ database: Database) throws -> Int64? {
    try database.first("SELECT position FROM messages WHERE id = ?", .integer(row)) { $0.integer(0) }
  }

  static func searchableMessage(_ row: Row) -> SearchableMessage {
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
  /// A message that was said or edited, where the journal announced it: the position is nil if that was by an earlier event.
  package struct Said: Sendable {
    package let row: Int64
    package let position: Int64?
  }

  /// Messages that were said or edited after a position, in one room or in all, the latest event first: of more than `limit` events,
  /// the newest.
  package static func said(after position: Int64, in room: RoomNumber?, limit: Int, _ database: Database) throws -> [Said] {
    // Room and seq stand at the beginning of the data: the rest need not be copied.
    let entries =
      if let room {
        try database.all(
          """
          WITH RECURSIVE missed (position) AS (
            SELECT last_position FROM rooms WHERE id = ?1 AND last_position > ?2
            UNION ALL
            SELECT journal.previous FROM missed JOIN journal USING (position) WHERE journal.previous > ?2
            LIMIT ?3
          )
          SELECT position, kind, room_id, user_id, substr(data, 1, 64) FROM missed JOIN journal USING (position)
          WHERE kind IN (1, 2) ORDER BY position DESC
          """, .integer(room.number), .integer(position), .integer(Int64(limit)), read: entry)
      } else {
        try database.all(
          """
          SELECT position, kind, room_id, user_id, substr(data, 1, 64) FROM journal
          WHERE position > ? AND kind IN (1, 2) ORDER BY position DESC LIMIT ?
          """, .integer(position), .integer(Int64(limit)), read: entry)
      }
    return entries.compactMap { entry in
      entry.messageRow.map { Said(row: $0, position: entry.kind == .newMessage ? entry.position : nil) }
    }
  }
}
