// A clock that tests turn.
public import Chat
public import Domain
import Posix

/// Stands still until it is turned.
public final class ManualClock: TimeSource {
  private let time: Lock<(now: Timestamp, bootMilliseconds: Int64)>

  /// Starts at the machine's time.
  public init() {
    let system = SystemClock()
    time = Lock((system.now, system.bootMilliseconds))
  }

  public var now: Timestamp { time.withLock { $0.now } }
  public var bootMilliseconds: Int64 { time.withLock { $0.bootMilliseconds } }
  /// From an arbitrary start, as a monotonic clock counts.
  public var nanoseconds: Int64 { bootMilliseconds * 1_000_000 }

  /// Sets the wall clock back, and only that.
  public func setBack(seconds: Int64) {
    time.withLock { $0.now = Timestamp(milliseconds: $0.now.milliseconds - 1000 * seconds) }
  }

  public func advance(seconds: Int64) { advance(milliseconds: 1000 * seconds) }

  public func advance(milliseconds: Int64) {
    time.withLock { $0 = (Timestamp(milliseconds: $0.now.milliseconds + milliseconds), $0.bootMilliseconds + milliseconds) }
  }
}
