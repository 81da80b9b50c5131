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

  /// Decides on one more action at `now`, given the times of the latest admitted ones, oldest first.
  ///
  /// Exact, unlike a token bucket: no span of `windowMilliseconds`, wherever it begins, has more than `count` admitted actions.
  /// Times after `now` can only come from another boot of the machine and are dropped.
  public func evaluate(_ admitted: [Int64], now: Int64) -> Verdict {
    let recent = admitted.filter { $0 <= now && now - $0 < windowMilliseconds }
    if recent.count < count { return .admitted(times: recent + [now]) }
    let oldestThatCounts = recent[recent.count - count]
    return .refused(retryAfterMilliseconds: oldestThatCounts + windowMilliseconds - now)
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
}

extension RateLimitedAction {
  /// The stable word of its limit.
  public var limitName: ExceededLimit.Name {
    switch self {
    case .message: .messages
    case .change: .changes
    case .event: .events
    }
  }

  /// What is counted, in the plural.
  public var plural: String {
    switch self {
    case .message: "messages"
    case .change: "edits and reactions"
    case .event: "changes that others are told"
    }
  }
}
