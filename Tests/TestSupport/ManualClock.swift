// A clock that the test sets.
import Posix

/// Counts nanoseconds from an arbitrary start, as a monotonic clock does.
package final class ManualClock: Sendable {
  private let time = Lock<Int64>(1_000_000_000)

  package init() {}

  package var nanoseconds: Int64 { time.withLock { $0 } }

  package func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds * 1_000_000 } }
}
