// A user who has at least one line on this loop.
import Domain

final class Person {
  let number: UserNumber
  let id: PublicID
  let username: String
  var lines: [Connection] = []
  /// How many of them are live.
  var liveLines = 0
  /// The rooms she is in, as long as one of her lines is live: the same for all of these.
  var rooms: [HubRoom] = []
  /// The publication that she was last walked through; see `PushLoop.publish`.
  var turn: UInt32 = 0

  init(_ user: User) {
    number = user.number
    id = user.id
    username = user.username
  }
}
