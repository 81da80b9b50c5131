// Unread mentions of members.
public import Domain
public import SQL

public enum Mentions {
  /// The user whom a name in a message mentions: a member of the room other than the author, who has not blocked the author.
  public static func resolve(_ username: String, in room: RoomRowID, by author: UserRowID, _ database: Database) throws -> MentionedUser? {
    try database.first(
      """
      SELECT u.id, u.public_id FROM users u JOIN memberships m ON m.room_id = ?2 AND m.user_id = u.id
      WHERE u.username = ?1 AND u.id <> ?3
        AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = u.id AND b.blocked_id = ?3)
      """, .text(username), .integer(room.value), .integer(author.value)
    ) { MentionedUser(rowID: UserRowID($0.integer(0)), id: PublicID(trusted: $0.text(1))) }
  }

  /// Stores that a message mentions a member. False if the member has read it already, or is no member any more: then nothing is counted.
  public static func insert(_ place: MessageID, _ user: UserRowID, _ transaction: Transaction) throws -> Bool {
    let counted = try transaction.database.first(
      """
      UPDATE memberships SET mentions = mentions + 1 WHERE room_id = ?1 AND user_id = ?2 AND read_seq < ?3 RETURNING 1
      """, .integer(place.room.value), .integer(user.value), .integer(place.seq)
    ) { _ in true }
    guard counted != nil else { return false }
    try transaction.database.run(
      "INSERT INTO mentions (room_id, user_id, seq) VALUES (?, ?, ?)", .integer(place.room.value), .integer(user.value),
      .integer(place.seq))
    return true
  }

  /// Removes a mention. False if it was read, and so was not counted any more.
  public static func delete(_ place: MessageID, _ user: UserRowID, _ transaction: Transaction) throws -> Bool {
    let deleted = try transaction.database.first(
      "DELETE FROM mentions WHERE room_id = ? AND user_id = ? AND seq = ? RETURNING 1", .integer(place.room.value),
      .integer(user.value), .integer(place.seq)
    ) { _ in true }
    guard deleted != nil else { return false }
    try uncount(1, place.room, user, transaction)
    return true
  }

  /// Deletes the mentions of a user up to the message that they have read. Returns their number.
  public static func read(_ room: RoomRowID, _ user: UserRowID, upTo seq: Int64, _ transaction: Transaction) throws -> Int64 {
    let count = try transaction.database.run(
      "DELETE FROM mentions WHERE room_id = ? AND user_id = ? AND seq <= ?", .integer(room.value), .integer(user.value), .integer(seq))
    if count > 0 { try uncount(count, room, user, transaction) }
    return count
  }

  private static func uncount(_ count: Int64, _ room: RoomRowID, _ user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(
      "UPDATE memberships SET mentions = mentions - ? WHERE room_id = ? AND user_id = ?", .integer(count), .integer(room.value),
      .integer(user.value))
  }
}
