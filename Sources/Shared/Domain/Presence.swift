// Whether a user is online, and who may see it.

/// The most active state of a user's devices counts. Numbers are stored in the database: they never change meaning.
public enum PresenceState: Int64, Comparable, Sendable {
  case offline = 0
  /// Connected, but not looking at the page.
  case idle = 1
  case active = 2

  public var word: String {
    switch self {
    case .offline: "offline"
    case .idle: "idle"
    case .active: "active"
    }
  }

  /// A state that a device may report. `offline` is observed, never reported. Throws `ChatError`.
  public init(reported word: String) throws(ChatError) {
    switch word {
    case "active": self = .active
    case "idle": self = .idle
    default: throw .invalid("state", "value", "One of active and idle.")
    }
  }

  public static func < (a: PresenceState, b: PresenceState) -> Bool { a.rawValue < b.rawValue }
}

/// A user's presence as others see it.
public struct Presence: Equatable, Sendable {
  public let state: PresenceState
  /// When a device of the user last connected, disconnected, or reported that it is active or idle; nil if that never happened.
  public let lastSeenAt: Timestamp?

  public init(state: PresenceState, lastSeenAt: Timestamp?) {
    self.state = state
    self.lastSeenAt = lastSeenAt
  }

  /// The presence of a user who never connected, and of every user who shares no room with the viewer.
  public static let unknown = Presence(state: .offline, lastSeenAt: nil)
}

/// A user's presence as the database records it.
public struct PresenceRecord: Equatable, Sendable {
  public let user: UserRowID
  public let state: PresenceState
  public let lastSeenAt: Timestamp

  public init(user: UserRowID, state: PresenceState, lastSeenAt: Timestamp) {
    self.user = user
    self.state = state
    self.lastSeenAt = lastSeenAt
  }
}

/// An entry in the list of users who are online.
public struct OnlineUser: Sendable {
  public let user: User
  public let presence: Presence

  public init(user: User, presence: Presence) {
    self.user = user
    self.presence = presence
  }
}

/// A room and the number of its members.
public struct RoomSize: Equatable, Sendable {
  public let room: RoomRowID
  public let memberCount: Int64

  public init(room: RoomRowID, memberCount: Int64) {
    self.room = room
    self.memberCount = memberCount
  }
}

/// Who may see a user's presence.
public struct PresenceAudience: Sendable {
  /// The user's ID, as clients see it.
  public let id: PublicID
  /// The user's rooms.
  public let rooms: [RoomSize]
  /// Users who have blocked the user or whom the user has blocked: neither sees the other's presence.
  public let blockedEitherWay: Set<UserRowID>

  public init(id: PublicID, rooms: [RoomSize], blockedEitherWay: Set<UserRowID>) {
    self.id = id
    self.rooms = rooms
    self.blockedEitherWay = blockedEitherWay
  }
}
