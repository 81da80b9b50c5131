// A client's initial state, and the cursor to resume from.
public import Domain
import SQL
import Store

extension Chat {
  public static let snapshotRoomsMax = 1000
  public static let snapshotUsersMax = 1000
  /// Bytes of the rooms' newest messages: a thousand usual ones take half of it, a thousand of the longest would take 50 MB per request.
  public static let snapshotMessageBytesMax = 2 << 20

  /// The user's rooms, latest activity first, and the authors of their newest messages, up to the bounds above. Where a bound is met, rooms
  /// that others added the user to and that they have not opened are left out first, then those of the earliest activity.
  public func snapshot(for principal: Principal) throws -> Snapshot {
    try readers.read { database in
      try database.snapshot {
        Snapshot(
          rooms: try Rooms.listOwnFirst(
            of: principal.user.rowID, limit: Self.snapshotRoomsMax, bytesMax: Self.snapshotMessageBytesMax, database),
          users: try Users.lastAuthors(inRoomsOf: principal.user.rowID, limit: Self.snapshotUsersMax, database),
          position: try Journal.lastPosition(database))
      }
    }
  }
}
