// A user who has at least one line on this loop.
import Domain

/// Kept small, as her lines are.
final class Person {
  let rowID: UserRowID
  let username: String
  private let compactID: InlinePublicID
  var lines = SmallVector<Connection>()
  /// The rooms she is in, as long as one of her lines is live: the same for all of these.
  var rooms = SmallVector<RoomSubscribers>()
  /// How many of her lines are live.
  var liveLines: UInt32 = 0
  /// The publication that she was last walked through; see `PushLoop.publish`.
  var turn: UInt32 = 0

  init(_ user: User) {
    rowID = user.rowID
    username = user.username
    compactID = InlinePublicID(user.id)
  }

  var id: PublicID { compactID.id }
}
