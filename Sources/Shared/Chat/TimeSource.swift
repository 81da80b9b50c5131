// Where Chat takes the time from.
package import Domain
import Posix

/// The clocks behind every expiry and rate limit. Tests hand in one that they turn.
package protocol TimeSource: Sendable {
  /// The wall clock, which can be set back.
  var now: Timestamp { get }
  /// Milliseconds since the machine booted; never set back.
  var bootMilliseconds: Int64 { get }
}

/// The machine's clocks.
package struct SystemClock: TimeSource {
  package init() {}

  package var now: Timestamp { Timestamp(milliseconds: Clock.wallMilliseconds()) }
  package var bootMilliseconds: Int64 { Clock.bootMilliseconds() }
}
