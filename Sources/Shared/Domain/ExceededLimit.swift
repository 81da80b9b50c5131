// The limit that a request exceeded, as its client is told.

public struct ExceededLimit: Equatable, Sendable {
  /// The stable word of a limit: `limit` in the problem document and the name of the policy in `RateLimit-Policy`.
  public enum Name: String, CaseIterable, Sendable {
    case messages
    /// Edits and reactions.
    case changes
    /// Events that others are told, other than messages.
    case events
    /// Commands over WebSocket and changing requests over REST, of any kind.
    case commands
    case profile
    case newRooms = "new_rooms"
    /// People with whom the user shares no room.
    case adding
    /// Exchanges of one session's refresh token.
    case refreshes
    /// Mails that a user has sent to their own address.
    case mails
    case passwordChecks = "password_checks"
    case connectionsPerUser = "connections_per_user"
    case connectionsPerAddress = "connections_per_address"
  }

  public let name: Name
  /// How many are allowed: in any span of `windowMilliseconds`, or at a time if there is none.
  public let count: Int
  public let windowMilliseconds: Int64?

  public init(_ name: Name, count: Int, windowMilliseconds: Int64? = nil) {
    self.name = name
    self.count = count
    self.windowMilliseconds = windowMilliseconds
  }
}

extension ChatError {
  /// The `rate_limited` of a limit with a window. `what` is what is counted, in the plural.
  public static func exceeded(
    _ name: ExceededLimit.Name, _ limit: RateLimit, _ what: String, retryAfterMilliseconds: Int64
  ) -> ChatError {
    ChatError(
      .rateLimited, "At most \(limit.count) \(what) in \(limit.windowMilliseconds / 1000) seconds.",
      retryAfterMilliseconds: retryAfterMilliseconds,
      limit: ExceededLimit(name, count: limit.count, windowMilliseconds: limit.windowMilliseconds))
  }

  public static func exceeded(_ action: RateLimitedAction, _ limit: RateLimit, retryAfterMilliseconds: Int64) -> ChatError {
    exceeded(action.limitName, limit, action.plural, retryAfterMilliseconds: retryAfterMilliseconds)
  }
}
