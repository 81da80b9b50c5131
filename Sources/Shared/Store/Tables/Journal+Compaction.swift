// Events that tell where something stands now, of which only the newest is worth keeping.
package import Domain
package import SQL

extension Journal {
  /// Appends an event of a kind that `isCompacted`; the one that it replaces goes. So marks, however often they move, leave one
  /// row a member and room, and who comes back hears the newest of each.
  ///
  /// These events are not in the chain of their room, which nothing may leave: those who resume read them beside it, with
  /// `receipts` and `personal`.
  package static func replace(
    _ kind: EventKind, room: RoomRowID, user: UserRowID, data: [UInt8], at now: Timestamp, _ transaction: Transaction
  ) throws {
    precondition(kind.isCompacted)
    let database = transaction.database
    if kind.isUserScoped {
      try database.run(
        "DELETE FROM journal WHERE user_id = ? AND room_id = ? AND kind = ? AND kind BETWEEN 50 AND 99", .integer(user.value),
        .integer(room.value), .integer(kind.rawValue))
    } else {
      try database.run("DELETE FROM journal WHERE room_id = ? AND user_id = ? AND kind = 6", .integer(room.value), .integer(user.value))
    }
    _ = try insert(kind, room: room, user: user, previous: 0, data: data, at: now, transaction)
  }

  /// Where the newest receipt of each member of a room stands, as far as it is newer than a position.
  package static func receipts(of room: RoomRowID, after position: Int64, limit: Int, _ database: Database) throws -> [Int64] {
    try database.all(
      "SELECT position FROM journal WHERE kind = 6 AND room_id = ? AND position > ? LIMIT ?", .integer(room.value), .integer(position),
      .integer(Int64(limit))
    ) { $0.integer(0) }
  }

  /// Where stands what was told to one user alone after a position.
  package static func personal(of user: UserRowID, after position: Int64, limit: Int, _ database: Database) throws -> [Int64] {
    try database.all(
      "SELECT position FROM journal WHERE kind BETWEEN 50 AND 99 AND user_id = ? AND position > ? LIMIT ?", .integer(user.value),
      .integer(position), .integer(Int64(limit))
    ) { $0.integer(0) }
  }
}
