// Doing away with a room.
import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Messages and events of a deleted room that are taken away at a time: a few milliseconds of the writer.
  private static let purgePortion = 500

  /// Deletes a room, for its owners: it is gone for everyone at once, and soon its messages are too. Its members hear of it, and nothing after.
  package func deleteRoom(_ id: String, by principal: Principal) throws {
    try commit { transaction in
      let access = try Self.access(of: principal, to: id, for: .deleteRoom, transaction.database)
      let view = try Self.view(PublicID(trusted: id), for: principal, transaction.database)
      let position = try Journal.append(
        .roomDeleted, room: access.room, data: JSONWriter.roomEvent(view.room), at: .now, transaction)
      try DeletedRooms.bury(access.room, toldAt: position, transaction)
    }
  }

  /// Takes away what is left of deleted rooms, in portions, between which others get to write.
  func purgeDeletedRooms() throws {
    while try commit({ try DeletedRooms.purge(limit: Self.purgePortion, $0) }) {}
  }
}
