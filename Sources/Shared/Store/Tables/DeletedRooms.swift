// Deleted rooms, until their messages are purged and their members have received the event.
public import Domain
public import SQL

public enum DeletedRooms {
  /// Deletes a room (memberships, bans, invites and invitations cascade) and records its members, who receive the event at `position` on
  /// resume. Its messages can no longer be reached; `purge` deletes them in batches.
  public static func tombstone(_ room: RoomRowID, announcedAt position: Int64, _ transaction: Transaction) throws {
    let database = transaction.database
    try database.run("INSERT INTO deleted_rooms (room_id, position) VALUES (?, ?)", .integer(room.value), .integer(position))
    try database.run(
      "INSERT INTO deleted_room_members (user_id, position) SELECT user_id, ?2 FROM memberships WHERE room_id = ?1",
      .integer(room.value), .integer(position))
    try Drafts.forget(room, of: nil, transaction)
    try Invitations.remove(in: room, transaction)
    try NameIndex.rooms.remove(room.value, transaction)
    try database.run("DELETE FROM rooms WHERE id = ?", .integer(room.value))
  }

  /// The events after a position of the deletion of rooms that the user was a member of, oldest first.
  public static func deletions(concerning user: UserRowID, after position: Int64, _ database: Database) throws -> [JournalEntry] {
    try database.all(selectDeletions, .integer(user.value), .integer(position), read: Journal.entry)
  }

  private static let selectDeletions = Statement(
    composing: """
      SELECT \(Journal.columns) FROM deleted_room_members d JOIN journal j ON j.position = d.position
      WHERE d.user_id = ? AND d.position > ? ORDER BY d.position
      """)

  /// Removes the members of rooms whose deletion was pruned from the journal.
  public static func sweep(_ transaction: Transaction) throws {
    try transaction.database.run(
      "DELETE FROM deleted_room_members WHERE position <= ?", .integer(try Meta.journalFloor(transaction.database)))
  }

  /// Deletes up to `limit` messages of a deleted room and as many of its events. Membership events stay: a client that resumes needs them to
  /// know which rooms it was in. False once nothing is left to do.
  public static func purge(limit: Int, _ transaction: Transaction) throws -> Bool {
    let database = transaction.database
    let next = try database.first("SELECT room_id, position FROM deleted_rooms LIMIT 1") { (room: $0.integer(0), position: $0.integer(1)) }
    guard let (room, position) = next else { return false }

    let messages = try database.run(
      "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE id BETWEEN ?1 << 32 | 1 AND ?1 << 32 | ?2 ORDER BY id LIMIT ?3)",
      .integer(room), .integer(MessageID.seqMax), .integer(Int64(limit)))

    let events = try database.all(
      """
      WITH RECURSIVE back (position, kind, previous) AS (
        SELECT position, kind, previous FROM journal WHERE position = ?1
        UNION ALL
        SELECT j.position, j.kind, j.previous FROM back JOIN journal j ON j.position = back.previous
      )
      SELECT position, kind, previous FROM back LIMIT ?2
      """, .integer(position), .integer(Int64(limit))
    ) { (position: $0.integer(0), kind: $0.integer(1), previous: $0.integer(2)) }
    for event in events where EventKind(rawValue: event.kind)?.survivesRoomDeletion != true {
      try database.run("DELETE FROM journal WHERE position = ?", .integer(event.position))
    }
    let files = try Files.remove(inRoom: room, limit: limit, transaction)
    try PinnedMessages.purge(RoomRowID(room), transaction)
    let saved = try SavedMessages.purge(RoomRowID(room), limit: limit, transaction)
    let replies = try Replies.purge(RoomRowID(room), limit: limit, transaction)
    let hasMore = try DeletedMessages.purge(room, limit: limit, transaction) || files > 0 || saved || replies
    if messages > 0 || !events.isEmpty || hasMore {
      try database.run(
        "UPDATE deleted_rooms SET position = ? WHERE room_id = ?", .integer(events.last?.previous ?? 0), .integer(room))
    } else {
      try database.run("DELETE FROM deleted_rooms WHERE room_id = ?", .integer(room))
    }
    return true
  }
}
