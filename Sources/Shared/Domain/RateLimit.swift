// The sliding window that both doors share: at most so many messages in any span of so many milliseconds.

/// `5/5s`: a count and a window; nil stands for "off".
package struct RateLimit: Equatable, Sendable {
  /// Bounds the times that are remembered per user.
  package static let countMax = 1000

  package let count: Int
  package let windowMilliseconds: Int64

  package init(count: Int, windowMilliseconds: Int64) {
    self.count = count
    self.windowMilliseconds = windowMilliseconds
  }

  /// Judges one more message at `now`, given the times of the latest admitted ones, oldest first.
  ///
  /// Exact, not a bucket: no span of `windowMilliseconds`, wherever it begins, holds more than `count` admitted messages.
  /// Times after `now` can only come from another boot of the machine and are forgotten.
  package func judge(_ admitted: [Int64], now: Int64) -> Verdict {
    let recent = admitted.filter { $0 <= now && now - $0 < windowMilliseconds }
    if recent.count < count { return .admitted(times: recent + [now]) }
    let oldestThatCounts = recent[recent.count - count]
    return .refused(retryAfterMilliseconds: oldestThatCounts + windowMilliseconds - now)
  }

  package enum Verdict: Equatable, Sendable {
    /// With the times to remember.
    case admitted(times: [Int64])
    case refused(retryAfterMilliseconds: Int64)
  }
}

/// What is rate-limited. Each is counted separately.
package enum RateLimitedAction: Sendable {
  case message
  /// An edit or a reaction.
  case change
}
