// Deleting rooms, and ending those that are empty.
import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Messages and events of a deleted room per transaction: a few milliseconds of the writer.
  private static let purgeBatchMax = 500

  /// Deletes a room; for its owners. It is gone for everyone at once, its messages soon after. `room.deleted` is its last event.
  public func deleteRoom(_ id: String, by principal: Principal) throws {
    try commit(as: principal) { transaction in
      _ = try Self.access(of: principal, to: id, for: .deleteRoom, transaction.database)
      try Self.end(PublicID(trusted: id), by: .user(principal.user.rowID), transaction)
      try AuditLog.record(.roomDeleted, by: .user(principal.user.rowID), room: PublicID(trusted: id), transaction)
    }
  }

  /// Deletes a room: its members, if there are any, receive `room.deleted`, and its invitations are withdrawn.
  static func end(_ id: PublicID, by cause: EventCause, _ transaction: Transaction) throws {
    guard let room = try Rooms.find(id, transaction.database) else { return }
    let position = try Journal.append(
      .roomDeleted, by: cause, room: room.rowID, data: JSONWriter.roomEvent(room), at: transaction.now, transaction)
    try DeletedRooms.tombstone(room.rowID, announcedAt: position, transaction)
  }

  /// How long a public room that a user made may be empty. Those that the operator made, and default rooms, wait for ever.
  public static let emptyPublicRoomSeconds: Int64 = 30 * 86_400
  /// Rooms that end in one transaction.
  private static let endedRoomsMax = 100

  /// Ends rooms that have been empty too long.
  func endEmptyRooms() throws {
    while try commit({ transaction in
      let longAgo = transaction.now + .seconds(-Self.emptyPublicRoomSeconds)
      let rooms = try Rooms.emptied(before: longAgo, limit: Self.endedRoomsMax, transaction.database)
      for room in rooms { try Self.end(room, by: .server, transaction) }
      return rooms.count == Self.endedRoomsMax
    }) {}
  }

  /// Deletes the messages and events of deleted rooms, in batches, so that other writers are not held up.
  func purgeDeletedRooms() throws {
    while try commit({ try DeletedRooms.purge(limit: Self.purgeBatchMax, $0) }) {}
  }
}
