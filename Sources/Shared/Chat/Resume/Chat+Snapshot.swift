// The whole state in one go, and the place in the journal from which to go on.
package import Domain
import SQL
import Store

/// All that a client needs to show before its first event, read in one transaction.
package struct Snapshot: Sendable {
  package let rooms: [RoomView]
  package let users: [User]
  /// Resume from here and nothing is missed.
  package let cursor: Int64
}

extension Chat {
  package static let snapshotRoomsMax = 1000
  package static let snapshotUsersMax = 1000
  /// Bytes of the rooms' newest messages. A thousand of the usual ones are half of it; of the longest it would be fifty megabytes, for
  /// each of those who ask at the same time.
  package static let snapshotMessageBytesMax = 2 << 20

  /// The rooms with the latest activity and the people in them, up to the bounds above.
  package func snapshot(for principal: Principal) throws -> Snapshot {
    try readers.read { database in
      try database.snapshot {
        Snapshot(
          rooms: try Rooms.list(
            of: principal.user.rowID, after: nil, limit: Self.snapshotRoomsMax, bytesMax: Self.snapshotMessageBytesMax, database),
          users: try Users.acquaintances(of: principal.user.rowID, limit: Self.snapshotUsersMax, database),
          cursor: try Journal.lastPosition(database))
      }
    }
  }
}
