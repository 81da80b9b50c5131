// Events that tell a whole state, of which only the newest is kept.
public import Domain
public import SQL

extension Journal {
  /// Appends an event of a kind that `isCompacted` and removes the one that it supersedes. So read markers, however often they move, leave
  /// one row per member and room, and a client that resumes receives the newest of each. `room` is nil for what is about the user alone.
  ///
  /// These events are not in the chain of their room, from which nothing may be removed: a resume reads them separately, with
  /// `receipts` and `userScoped`.
  public static func appendCompacted(
    _ kind: EventKind, room: RoomRowID?, user: UserRowID, data: [UInt8], at now: Timestamp, _ transaction: Transaction
  ) throws {
    precondition(kind.isCompacted)
    let database = transaction.database
    if kind.isUserScoped {
      try deleteUserScoped(kind, room: room, user: user, transaction)
    } else {
      try database.run(deleteReceipt, .optional(room?.value), .integer(user.value))
    }
    _ = try insert(kind, Subject(room: room, user: user), previous: 0, data: data, at: now, transaction)
  }

  /// The positions of the newest receipt of each member of a room, as far as they are after a position.
  public static func receipts(of room: RoomRowID, after position: Int64, limit: Int, _ database: Database) throws -> [Int64] {
    try database.all(selectReceipts, .integer(room.value), .integer(position), .integer(Int64(limit))) { $0.integer(0) }
  }

  /// The positions of the events for one user alone after a position.
  public static func userScoped(of user: UserRowID, after position: Int64, limit: Int, _ database: Database) throws -> [Int64] {
    try database.all(selectUserScoped, .integer(user.value), .integer(position), .integer(Int64(limit))) { $0.integer(0) }
  }

  /// Removes the newest event of a kind that is for one user alone.
  static func deleteUserScoped(_ kind: EventKind, room: RoomRowID?, user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(deleteUserScoped, .integer(user.value), .optional(room?.value), .integer(kind.rawValue))
  }

  /// Removes the events for one user alone.
  static func deleteUserScoped(of user: UserRowID, _ transaction: Transaction) throws {
    try transaction.database.run(deleteAllUserScoped, .integer(user.value))
  }

  private static let deleteUserScoped = Statement(
    composing: "DELETE FROM journal WHERE user_id = ? AND room_id IS ? AND kind = ? AND kind BETWEEN \(EventKind.userScopedRange)")
  private static let deleteAllUserScoped = Statement(
    composing: "DELETE FROM journal WHERE kind BETWEEN \(EventKind.userScopedRange) AND user_id = ?")
  private static let deleteReceipt = Statement(
    composing: "DELETE FROM journal WHERE room_id = ? AND user_id = ? AND kind = \(EventKind.receipt.rawValue)")
  private static let selectReceipts = Statement(
    composing: "SELECT position FROM journal WHERE kind = \(EventKind.receipt.rawValue) AND room_id = ? AND position > ? LIMIT ?")
  private static let selectUserScoped = Statement(
    composing: "SELECT position FROM journal WHERE kind BETWEEN \(EventKind.userScopedRange) AND user_id = ? AND position > ? LIMIT ?")
}
