// A clock that tests turn.
import Chat
package import Domain
import Posix

/// Stands still until it is turned.
package final class ManualClock: TimeSource {
  private let time: Lock<(now: Timestamp, bootMilliseconds: Int64)>

  /// Starts at the machine's time.
  package init() {
    let system = SystemClock()
    time = Lock((system.now, system.bootMilliseconds))
  }

  package var now: Timestamp { time.withLock { $0.now } }
  package var bootMilliseconds: Int64 { time.withLock { $0.bootMilliseconds } }
  /// From an arbitrary start, as a monotonic clock counts.
  package var nanoseconds: Int64 { bootMilliseconds * 1_000_000 }

  package func advance(seconds: Int64) { advance(milliseconds: 1000 * seconds) }

  package func advance(milliseconds: Int64) {
    time.withLock { $0 = (Timestamp(milliseconds: $0.now.milliseconds + milliseconds), $0.bootMilliseconds + milliseconds) }
  }
}
