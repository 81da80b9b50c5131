// When a silent connection is pinged, given up or expired, as a value.

/// All times in milliseconds; `now` and `lastReceived` on the loop's clock.
struct Heartbeat: Sendable {
  /// How long a connection may be silent before it is pinged.
  let intervalMilliseconds: Int64
  /// How long a peer may take to answer a ping.
  static let pongMilliseconds: Int64 = 10_000
  /// A wall clock that jumps is noticed after this time.
  static let checkMilliseconds: Int64 = 60_000

  enum Verdict: Equatable {
    /// The access token has expired.
    case expired
    /// The peer has not answered the ping.
    case unresponsive
    case ping
    case wait
  }

  func verdict(lastReceived: Int64, isPinged: Bool, tokenExpiresAt: Int64, now: Int64, wallMilliseconds: Int64) -> Verdict {
    if wallMilliseconds / 1000 >= tokenExpiresAt { return .expired }
    let silence = now - lastReceived
    if isPinged { return silence >= intervalMilliseconds + Self.pongMilliseconds ? .unresponsive : .wait }
    return silence >= intervalMilliseconds ? .ping : .wait
  }

  /// When to check again: the end of the silence, the token's expiry or the regular check, whatever comes first.
  func nextCheck(lastReceived: Int64, isPinged: Bool, tokenExpiresAt: Int64, now: Int64, wallMilliseconds: Int64) -> Int64 {
    let silenceEnds = lastReceived + intervalMilliseconds + (isPinged ? Self.pongMilliseconds : 0)
    let (expiry, overflow) = tokenExpiresAt.multipliedReportingOverflow(by: 1000)
    let expires = overflow ? Int64.max : now + max(0, expiry - wallMilliseconds)
    return min(silenceEnds, expires, now + Self.checkMilliseconds)
  }
}
