// A user who has at least one connection on this loop.
import Domain

/// Kept small, like its connections.
final class ConnectedUser {
  let rowID: UserRowID
  let username: String
  private let inlineID: InlinePublicID
  var connections = SmallVector<Connection>()
  /// The user's rooms, the same for all live connections; empty while there are none.
  var rooms = SmallVector<RoomSubscribers>()
  var liveConnectionCount: UInt32 = 0
  /// The last publication whose events were delivered to this user one by one; see `Publisher`.
  var publishGeneration: UInt32 = 0

  init(_ user: User) {
    rowID = user.rowID
    username = user.username
    inlineID = InlinePublicID(user.id)
  }

  var id: PublicID { inlineID.id }

  /// The user's rooms by row, as `MembershipCursor` keeps them.
  var roomIDs: [RoomRowID: PublicID] {
    Dictionary(rooms.map { ($0.rowID, $0.id) }, uniquingKeysWith: { first, _ in first })
  }
}
