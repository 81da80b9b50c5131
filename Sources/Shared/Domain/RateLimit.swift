// A rate limit with a sliding window, shared by REST and WebSocket.

/// At most `count` actions in any span of `windowMilliseconds`.
public struct RateLimit: Equatable, Sendable {
  /// The highest count: bounds the times that are stored per user.
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
}
