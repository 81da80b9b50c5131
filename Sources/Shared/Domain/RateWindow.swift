// A sliding window in memory.

/// The times of the latest actions under one limit. Decides as `RateLimit.evaluate` does, in constant time, and remembers no more than what
/// the window has.
public struct RateWindow: Sendable {
  private var times: [Int64] = []
  /// The first of `times` that the window still has.
  private var first = 0

  public init() {}

  /// Counts one action at `now`, which never goes back. Returns nil, or in how many milliseconds it may be tried again.
  public mutating func tryAcquire(_ limit: RateLimit, now: Int64) -> Int64? {
    forget(before: now - limit.windowMilliseconds)
    guard times.count - first < limit.count else { return times[first] + limit.windowMilliseconds - now }
    times.append(now)
    return nil
  }

  /// Whether nothing of it counts any more at `now`.
  public func isOver(_ limit: RateLimit, now: Int64) -> Bool {
    times.last.map { now - $0 >= limit.windowMilliseconds } ?? true
  }

  private mutating func forget(before end: Int64) {
    while first < times.count, times[first] <= end { first += 1 }
    if first == times.count {
      times.removeAll(keepingCapacity: true)
      first = 0
    } else if first >= 32, first * 2 >= times.count {
      times.removeFirst(first)
      first = 0
    }
  }
}
