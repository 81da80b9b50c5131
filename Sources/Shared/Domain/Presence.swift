// Whether a user is online, and who may see it.

/// The most active state of a user's devices counts. Numbers are stored in the database: they never change meaning.
package enum PresenceState: Int64, Comparable, Sendable {
  case offline = 0
  /// Connected, but not looking at the page.
  case idle = 1
  case active = 2

  package var word: String {
    switch self {
    case .offline: "offline"
    case .idle: "idle"
    case .active: "active"
    }
  }

  /// A state that a device may report. `offline` is observed, never reported. Throws `ChatError`.
  package init(reported word: String) throws(ChatError) {
    switch word {
    case "active": self = .active
    case "idle": self = .idle
    default: throw .invalid("data.state", "value", "One of active and idle.")
    }
  }

  package static func < (a: PresenceState, b: PresenceState) -> Bool { a.rawValue < b.rawValue }
}

/// A user's presence as others see it.
package struct Presence: Equatable, Sendable {
  package let state: PresenceState
  /// When a device of the user last connected, disconnected, or reported that it is active or idle; nil if that never happened.
  package let lastSeenAt: Timestamp?

  package init(state: PresenceState, lastSeenAt: Timestamp?) {
    self.state = state
    self.lastSeenAt = lastSeenAt
  }

  /// The presence of a user who never connected, and of every user who shares no room with the viewer.
  package static let unknown = Presence(state: .offline, lastSeenAt: nil)
}

/// A user's presence as the database records it.
package struct PresenceRecord: Equatable, Sendable {
  package let user: UserRowID
  package let state: PresenceState
  package let lastSeenAt: Timestamp

  package init(user: UserRowID, state: PresenceState, lastSeenAt: Timestamp) {
    self.user = user
    self.state = state
    self.lastSeenAt = lastSeenAt
  }
}

/// An entry in the list of users who are online.
package struct OnlineUser: Sendable {
  package let user: User
  package let presence: Presence

  package init(user: User, presence: Presence) {
    self.user = user
    self.presence = presence
  }
}

/// A room and the number of its members.
package struct RoomSize: Equatable, Sendable {
  package let room: RoomRowID
  package let memberCount: Int64

  package init(room: RoomRowID, memberCount: Int64) {
    self.room = room
    self.memberCount = memberCount
  }
}

/// Who may see a user's presence.
package struct PresenceAudience: Sendable {
  /// The user's ID, as clients see it.
  package let id: PublicID
  /// The user's rooms.
  package let rooms: [RoomSize]
  /// Users who have blocked the user or whom the user has blocked: neither sees the other's presence.
  package let blockedEitherWay: Set<UserRowID>

  package init(id: PublicID, rooms: [RoomSize], blockedEitherWay: Set<UserRowID>) {
    self.id = id
    self.rooms = rooms
    self.blockedEitherWay = blockedEitherWay
  }
}
