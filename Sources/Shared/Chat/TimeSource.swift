// Where Chat takes the time from.
public import Domain
import Posix

/// The clocks behind every expiry and rate limit. Tests hand in one that they turn.
public protocol TimeSource: Sendable {
  /// The wall clock, which can be set back.
  var now: Timestamp { get }
  /// Milliseconds since the machine booted; never set back.
  var bootMilliseconds: Int64 { get }
}

/// The machine's clocks.
public struct SystemClock: TimeSource {
  public init() {}

  public var now: Timestamp { Timestamp(milliseconds: Clock.wallMilliseconds()) }
  public var bootMilliseconds: Int64 { Clock.bootMilliseconds() }
}
