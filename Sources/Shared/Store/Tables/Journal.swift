// The log of all events, in commit order: what the daemon fans out and what clients resume from.
package import Domain
package import SQL

package enum Journal {
  /// Appends an event and answers its position.
  @discardableResult
  package static func append(
    _ kind: EventKind, room: RoomRowID? = nil, user: UserRowID? = nil, editedMessage: MessageID? = nil, data: [UInt8],
    at now: Timestamp,
    _ transaction: Transaction
  ) throws -> Int64 {
    let database = transaction.database
    let previous =
      if let room { try database.first("SELECT last_position FROM rooms WHERE id = ?", .integer(room.value)) { $0.integer(0) } ?? 0 } else {
        Int64(0)
      }
    let position = try insert(
      kind, room: room, user: user, previous: previous, editedMessage: editedMessage, data: data, at: now, transaction)
    if let room { try database.run("UPDATE rooms SET last_position = ? WHERE id = ?", .integer(position), .integer(room.value)) }
    return position
  }

  /// Appends an event whose room is told by the caller: `previous` is the room's `last_position`, which must become the answer.
  static func insert(
    _ kind: EventKind, room: RoomRowID?, user: UserRowID? = nil, previous: Int64, editedMessage: MessageID? = nil, data: [UInt8],
    at now: Timestamp, _ transaction: Transaction
  ) throws -> Int64 {
    // Positions are dense in the order of commits: the write lock is held.
    let position = try (transaction.events.last?.position ?? lastPosition(transaction.database)) + 1
    try transaction.database.run(
      "INSERT INTO journal (position, kind, room_id, user_id, previous, message_id, created_at, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      .integer(position), .integer(kind.rawValue), .optional(room?.value), .optional(user?.value), .integer(previous),
      .optional(editedMessage?.row), .integer(now.milliseconds), .utf8(data))
    transaction.append(JournalEntry(position: position, kind: kind, room: room, user: user, data: data))
    return position
  }

  /// The position of the newest event; 0 before the first.
  package static func lastPosition(_ database: Database) throws -> Int64 {
    try database.lastNumber(inTable: "journal")
  }

  /// Events after a position, oldest first, at most `limit`.
  package static func entries(after position: Int64, limit: Int, _ database: Database) throws -> [JournalEntry] {
    try database.all(
      "SELECT position, kind, room_id, user_id, data FROM journal WHERE position > ? ORDER BY position LIMIT ?",
      .integer(position), .integer(Int64(limit)), read: entry
    )
  }

  /// Events that stand at these positions, in their order, as far as they are there: the first ones, until they have `bytesMax` bytes.
  package static func entries(at positions: some Sequence<Int64>, bytesMax: Int, _ database: Database) throws -> [JournalEntry] {
    var entries: [JournalEntry] = []
    var bytes = 0
    for position in positions where bytes < bytesMax {
      guard
        let entry = try database.first(
          "SELECT position, kind, room_id, user_id, data FROM journal WHERE position = ?", .integer(position), read: entry)
      else { continue }
      bytes += entry.data.count
      entries.append(entry)
    }
    return entries
  }

  /// Where the events of one room stand after a position, oldest first; of more than `limit`, the newest. Walks back from the room's newest
  /// entry, so the cost is that of the answer alone.
  package static func positions(of room: RoomRowID, after position: Int64, limit: Int, _ database: Database) throws -> [Int64] {
    try database.all(
      """
      WITH RECURSIVE missed (position) AS (
        SELECT last_position FROM rooms WHERE id = ?1 AND last_position > ?2
        UNION ALL
        SELECT journal.previous FROM missed JOIN journal USING (position) WHERE journal.previous > ?2
        LIMIT ?3
      )
      SELECT position FROM missed JOIN journal USING (position) ORDER BY position
      """, .integer(room.value), .integer(position), .integer(Int64(limit))
    ) { $0.integer(0) }
  }

  /// Membership events about one user after a position, oldest first, at most `limit`.
  package static func membershipChanges(
    of user: UserRowID, after position: Int64, limit: Int, _ database: Database
  ) throws -> [JournalEntry] {
    try database.all(
      """
      SELECT position, kind, room_id, user_id, data FROM journal
      WHERE user_id = ? AND position > ? AND kind IN (20, 22) ORDER BY position LIMIT ?
      """, .integer(user.value), .integer(position), .integer(Int64(limit)), read: entry
    )
  }

  /// Takes a deleted message's words out of the events that bear them: the one that announced it and those that edited it.
  package static func redact(_ place: MessageID, announcedAt position: Int64, json: [UInt8], _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE journal SET data = ? WHERE position = ? AND kind = 1", .utf8(json), .integer(position))
    try transaction.database.run("UPDATE journal SET data = ? WHERE message_id = ?", .utf8(json), .integer(place.row))
    transaction.redact(with: json) { $0.kind != .messageDeleted && $0.messageRow == place.row }
  }

  /// Removes up to `limit` events that are older than `time`, oldest first, and answers whether there may be more.
  package static func prune(before time: Timestamp, limit: Int, _ transaction: Transaction) throws -> Bool {
    let database = transaction.database
    let last = try database.first(
      """
      SELECT max(position) FROM (SELECT position, created_at FROM journal ORDER BY position LIMIT ?) WHERE created_at < ?
      """, .integer(Int64(limit)), .integer(time.milliseconds)
    ) { $0.optionalInteger(0) }
    guard let last = last ?? nil else { return false }
    try database.run("DELETE FROM journal WHERE position <= ?", .integer(last))
    try Meta.setJournalFloor(last, transaction)
    return true
  }

  static func entry(_ row: Row) -> JournalEntry {
    JournalEntry(
      position: row.integer(0), kind: EventKind(rawValue: row.integer(1)) ?? .unknown, room: row.optionalInteger(2).map { RoomRowID($0) },
      user: row.optionalInteger(3).map { UserRowID($0) }, data: row.bytes(4))
  }
}
