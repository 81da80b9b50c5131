// Whether somebody is here.

/// Of the states of her devices the most active one counts. Numbers are stored in the database: they never change meaning.
package enum PresenceState: Int64, Comparable, Sendable {
  case offline = 0
  /// Connected, but looking elsewhere.
  case idle = 1
  case active = 2

  package var word: String {
    switch self {
    case .offline: "offline"
    case .idle: "idle"
    case .active: "active"
    }
  }

  /// What a device may say of itself; that it is gone is seen, not said.
  package init(said word: String) throws(ChatError) {
    switch word {
    case "active": self = .active
    case "idle": self = .idle
    default: throw .invalid("data.state", "value", "One of active and idle.")
    }
  }

  package static func < (a: PresenceState, b: PresenceState) -> Bool { a.rawValue < b.rawValue }
}

/// What is known of somebody's being here.
package struct Presence: Equatable, Sendable {
  package let state: PresenceState
  /// The last sign of her: a device that came, went, or said that it is active or idle; nil if there never was one.
  package let lastSeenAt: Timestamp?

  package init(state: PresenceState, lastSeenAt: Timestamp?) {
    self.state = state
    self.lastSeenAt = lastSeenAt
  }

  /// Of somebody who never came, and, to those who share no room with her, of everybody.
  package static let unknown = Presence(state: .offline, lastSeenAt: nil)
}

/// A user and how she was found.
package struct PresenceRecord: Equatable, Sendable {
  package let user: UserRowID
  package let state: PresenceState
  package let seenAt: Timestamp

  package init(user: UserRowID, state: PresenceState, seenAt: Timestamp) {
    self.user = user
    self.state = state
    self.seenAt = seenAt
  }
}

/// A user in the list of users who are online.
package struct OnlineUser: Sendable {
  package let user: User
  package let presence: Presence

  package init(user: User, presence: Presence) {
    self.user = user
    self.presence = presence
  }
}

/// A room and the number of its members.
package struct RoomSize: Sendable {
  package let room: RoomRowID
  package let memberCount: Int64

  package init(room: RoomRowID, memberCount: Int64) {
    self.room = room
    self.memberCount = memberCount
  }
}
