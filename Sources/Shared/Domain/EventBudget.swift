// The budget of each user for the events that others are told.

/// Who causes an event, and so who is charged for it.
public enum EventCause: Equatable, Sendable {
  case user(UserRowID)
  /// The operator, the end of a session, an expiry or an erasure: nobody is charged.
  case server
}

/// How much a user may tell others in a span of time. The window is the same over REST and WebSocket and outlives the programs.
public struct EventBudget: Sendable {
  /// Events of one request that one place in the window pays for.
  public static let eventsPerCharge = 10

  public let limit: RateLimit
  /// The boot to which `nowMilliseconds` belongs.
  public let boot: String
  /// Milliseconds since the machine booted; never set back.
  public let nowMilliseconds: @Sendable () -> Int64

  public init(limit: RateLimit, boot: String, nowMilliseconds: @escaping @Sendable () -> Int64) {
    self.limit = limit
    self.boot = boot
    self.nowMilliseconds = nowMilliseconds
  }

  /// Places in the window that one request takes at most, however many events it tells: half of them.
  public var chargesPerRequestMax: Int { max(1, limit.count / 2) }
}

/// What one request has been charged so far.
public struct EventCharges: Sendable {
  public var events = 0
  /// Places in the window.
  public var places = 0

  public init() {}
}
