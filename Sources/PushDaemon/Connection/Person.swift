// A user who has at least one line on this loop.
import Domain

/// Kept small, as her lines are.
final class Person {
  let number: UserNumber
  let username: String
  private let compactID: CompactID
  var lines = Few<Connection>()
  /// The rooms she is in, as long as one of her lines is live: the same for all of these.
  var rooms = Few<HubRoom>()
  /// How many of her lines are live.
  var liveLines: UInt32 = 0
  /// The publication that she was last walked through; see `PushLoop.publish`.
  var turn: UInt32 = 0

  init(_ user: User) {
    number = user.number
    username = user.username
    compactID = CompactID(user.id)
  }

  var id: PublicID { compactID.id }
}
