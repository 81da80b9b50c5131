// A rate limit with a sliding window, shared by REST and WebSocket.

/// At most `count` actions in any span of `windowMilliseconds`.
public struct RateLimit: Equatable, Sendable {
  /// The highest count: bounds the times that are stored per user, which are at most half as many again.
  public static let countMax = 1000

  public let count: Int
  public let windowMilliseconds: Int64

  public init(count: Int, windowMilliseconds: Int64) {
    self.count = count
    self.windowMilliseconds = windowMilliseconds
  }

  /// Decides on `actions` more actions at `now`, all or none, given the times of the latest admitted ones, oldest first.
  ///
  /// Exact, unlike a token bucket: no span of `windowMilliseconds`, wherever it begins, has more than `count` admitted actions.
  /// Times after `now` can only come from another boot of the machine and are dropped.
  /// More actions at once than `count` are never admitted.
  public func evaluate(_ admitted: [Int64], now: Int64, actions: Int = 1) -> Verdict {
    let recent = admitted.filter { $0 <= now && now - $0 < windowMilliseconds }
    if recent.count + actions <= count { return .admitted(times: recent + Array(repeating: now, count: actions)) }
    let lastToLeave = min(recent.count + actions - count, recent.count) - 1
    guard lastToLeave >= 0 else { return .refused(retryAfterMilliseconds: windowMilliseconds) }
    return .refused(retryAfterMilliseconds: recent[lastToLeave] + windowMilliseconds - now)
  }

  /// As `evaluate`, of an action that is counted even if the window is full.
  public func recording(_ admitted: [Int64], now: Int64) -> Verdict {
    .admitted(times: admitted.filter { $0 <= now && now - $0 < windowMilliseconds } + [now])
  }

  public enum Verdict: Equatable, Sendable {
    /// With the times to store.
    case admitted(times: [Int64])
    case refused(retryAfterMilliseconds: Int64)
  }
}

/// What is rate-limited. Each is counted separately.
public enum RateLimitedAction: Sendable {
  case message
  /// An edit or a reaction.
  case change
  /// An event that others are told, other than a message.
  case event
  /// Creating a room.
  case roomCreation
  /// Adding or inviting somebody with whom the user shares no room.
  case adding
}

extension RateLimitedAction {
  /// The stable word of its limit.
  public var limitName: ExceededLimit.Name {
    switch self {
    case .message: .messages
    case .change: .changes
    case .event: .events
    case .roomCreation: .newRooms
    case .adding: .adding
    }
  }

  /// What is counted, in the plural.
  public var plural: String {
    switch self {
    case .message: "messages"
    case .change: "edits and reactions"
    case .event: "changes that others are told"
    case .roomCreation: "new rooms"
    case .adding: "people with whom you share no room added"
    }
  }
}
