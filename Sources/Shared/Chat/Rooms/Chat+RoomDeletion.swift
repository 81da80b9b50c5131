// Deleting rooms.
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
      let access = try Self.access(of: principal, to: id, for: .deleteRoom, transaction.database)
      let view = try Self.view(PublicID(trusted: id), for: principal, transaction.database)
      let position = try Journal.append(
        .roomDeleted, by: .user(principal.user.rowID), room: access.room, data: JSONWriter.roomEvent(view.room), at: transaction.now,
        transaction)
      try DeletedRooms.tombstone(access.room, announcedAt: position, transaction)
    }
  }

  /// Deletes the messages and events of deleted rooms, in batches, so that other writers are not held up.
  func purgeDeletedRooms() throws {
    while try commit({ try DeletedRooms.purge(limit: Self.purgeBatchMax, $0) }) {}
  }
}
