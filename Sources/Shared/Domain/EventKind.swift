// The kinds of events that the journal holds.

/// Numbers are stored in the database: they never change meaning. From 50 on, an event is told to the devices of the user it is about
/// and to nobody else; from 100 on, it is for the daemon alone and is never sent to a client.
package enum EventKind: Int64, Sendable, CaseIterable {
  case newMessage = 1
  case messageEdited = 2
  case messageDeleted = 3
  case reactionAdded = 4
  case reactionRemoved = 5
  case receipt = 6
  case roomCreated = 10
  case roomUpdated = 11
  case roomDeleted = 12
  case memberJoined = 20
  case memberUpdated = 21
  case memberLeft = 22
  case userUpdated = 30
  /// A receipt of someone who hides her reading from others.
  case ownReceipt = 56
  /// What a room means to one of its members, such as how loud it is.
  case ownMembership = 71
  /// One session's tokens are dead.
  case sessionEnded = 100
  /// The user may not sign in until further notice.
  case userSuspended = 101
  /// Whom the user has blocked is no longer what it was.
  case blocksChanged = 102
  /// A deleted user's name has been taken out of what was said before.
  case accountErased = 103
  /// Written by a newer version: it keeps its place in the order and is told to nobody.
  case unknown = -1

  /// Whether only the user whom the event is about hears of it, on all of her devices.
  package var isUserScoped: Bool { (50..<100).contains(rawValue) }

  /// Whether it tells the whole of a state, so that a newer one of the same member and room takes the place of the one before.
  package var isCompacted: Bool {
    switch self {
    case .receipt, .ownReceipt, .ownMembership: true
    default: false
    }
  }

  /// The `event` word of the contract; nil for what no client hears of.
  package var word: StaticString? {
    switch self {
    case .newMessage: "new_message"
    case .messageEdited: "message_edited"
    case .messageDeleted: "message_deleted"
    case .reactionAdded: "reaction_added"
    case .reactionRemoved: "reaction_removed"
    case .receipt, .ownReceipt: "receipt"
    case .roomCreated: "room_created"
    case .roomUpdated: "room_updated"
    case .roomDeleted: "room_deleted"
    case .memberJoined: "member_joined"
    case .memberUpdated, .ownMembership: "member_updated"
    case .memberLeft: "member_left"
    case .userUpdated: "user_updated"
    case .sessionEnded, .userSuspended, .blocksChanged, .accountErased, .unknown: nil
    }
  }
}
