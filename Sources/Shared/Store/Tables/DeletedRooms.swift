// Rooms that are gone, and what is left of them for a while.
package import Domain
package import SQL

package enum DeletedRooms {
  /// Takes a room away with all that hangs on it, and remembers who was in it. `position` is where the journal tells of it. Its messages
  /// can no longer be reached; they go in portions, by `purge`.
  package static func bury(_ room: RoomRowID, toldAt position: Int64, _ transaction: Transaction) throws {
    let database = transaction.database
    try database.run("INSERT INTO deleted_rooms (room_id, position) VALUES (?, ?)", .integer(room.value), .integer(position))
    try database.run(
      "INSERT INTO deleted_room_members (user_id, position) SELECT user_id, ?2 FROM memberships WHERE room_id = ?1",
      .integer(room.value), .integer(position))
    try NameIndex.rooms.remove(room.value, transaction)
    try database.run("DELETE FROM rooms WHERE id = ?", .integer(room.value))
  }

  /// The deletions after a position of rooms that the user was in to the last, oldest first.
  package static func deletions(heardBy user: UserRowID, after position: Int64, _ database: Database) throws -> [JournalEntry] {
    try database.all(
      """
      SELECT j.position, j.kind, j.room_id, j.user_id, j.data FROM deleted_room_members d JOIN journal j ON j.position = d.position
      WHERE d.user_id = ? AND d.position > ? ORDER BY d.position
      """, .integer(user.value), .integer(position), read: Journal.entry)
  }

  /// Forgets who was in rooms whose deletion the journal no longer tells of.
  package static func sweep(_ transaction: Transaction) throws {
    try transaction.database.run(
      "DELETE FROM deleted_room_members WHERE position <= ?", .integer(try Meta.journalFloor(transaction.database)))
  }

  /// Takes away up to `limit` messages of a deleted room and as many events that may have words of it. Those of comings and goings
  /// stay: whoever comes back needs them to know what she was in. False once nothing is left to do.
  package static func purge(limit: Int, _ transaction: Transaction) throws -> Bool {
    let database = transaction.database
    let next = try database.first("SELECT room_id, position FROM deleted_rooms LIMIT 1") { (room: $0.integer(0), position: $0.integer(1)) }
    guard let (room, position) = next else { return false }

    let messages = try database.run(
      "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE id BETWEEN ?1 << 32 | 1 AND ?1 << 32 | ?2 ORDER BY id LIMIT ?3)",
      .integer(room), .integer(MessageID.seqMax), .integer(Int64(limit)))

    let events = try database.all(
      """
      WITH RECURSIVE back (position, kind, previous, count) AS (
        SELECT position, kind, previous, 1 FROM journal WHERE position = ?1
        UNION ALL
        SELECT j.position, j.kind, j.previous, count + 1 FROM back JOIN journal j ON j.position = back.previous WHERE count < ?2
      )
      SELECT position, kind, previous FROM back
      """, .integer(position), .integer(Int64(limit))
    ) { (position: $0.integer(0), kind: $0.integer(1), previous: $0.integer(2)) }
    for event in events where ![12, 20, 21, 22].contains(event.kind) {
      try database.run("DELETE FROM journal WHERE position = ?", .integer(event.position))
    }
    if messages > 0 || !events.isEmpty {
      try database.run(
        "UPDATE deleted_rooms SET position = ? WHERE room_id = ?", .integer(events.last?.previous ?? 0), .integer(room))
    } else {
      try database.run("DELETE FROM deleted_rooms WHERE room_id = ?", .integer(room))
    }
    return true
  }
}
