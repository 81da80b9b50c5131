// The rows of the database that one tick needs.
import Domain

struct PresenceFacts {
  /// Of those whose changes are published and of new subscribers.
  let audiences: [UserRowID: PresenceAudience]
  /// The online members of each room that a snapshot names.
  var online: [RoomRowID: [PresenceTracker.Change]] = [:]
  /// How many members are online in each large room that is due to be counted.
  var onlineCounts: [RoomRowID: Int] = [:]
  /// IDs of the online members that have no audience here.
  var userIDs: [UserRowID: PublicID] = [:]
  /// IDs of the rooms in `onlineCounts`.
  var roomIDs: [RoomRowID: PublicID] = [:]

  init(audiences: [UserRowID: PresenceAudience]) {
    self.audiences = audiences
  }

  /// Nil if the user has no account.
  func publicID(of user: UserRowID) -> PublicID? { audiences[user]?.id ?? userIDs[user] }

  /// The rooms whose presence a new subscriber receives.
  func rooms(of subscriber: PresenceTracker.NewSubscriber) -> [RoomSize] {
    let rooms = audiences[subscriber.user]?.rooms ?? []
    guard let filter = subscriber.roomFilter else { return rooms }
    return rooms.filter { $0.room == filter }
  }
}

extension RoomSize {
  /// Whether the room is too large for names, and gets online counts.
  var isCounted: Bool { memberCount > OnlineCounts.namedMembersMax }
}
