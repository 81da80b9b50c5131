// What happens when nothing happens: heartbeat, expiry, and patience that runs out.
import EventLoop
import Posix
import WebSocket

extension PushLoop {
  /// How long a peer may take to answer a ping.
  static let pongMilliseconds: Int64 = 10_000

  func deadlineCame(_ token: Token, _ now: Int64) {
    guard let connection = connections[token] else { return }
    switch connection.stage {
    case .handshake, .closing:
      drop(token)
    case .signIn:
      close(token, .signInTimeout, "no sign-in in time")
    case .arriving:
      // The errands will answer; ask again then.
      deadlines.set(token.slot, now + settings.signInDeadlineSeconds * 1000)
    case .catchingUp, .live:
      beat(token, connection, now)
    }
  }

  /// Pings a silent peer, drops one that does not answer, and closes when the token has run out.
  private func beat(_ token: Token, _ connection: Connection, _ now: Int64) {
    if Clock.wallMilliseconds() / 1000 >= connection.tokenExpiresAt { return close(token, .tokenExpired, "token expired") }
    let silence = now - connection.lastHeard
    let heartbeat = settings.heartbeatSeconds * 1000
    if connection.isPinged, silence >= heartbeat + Self.pongMilliseconds { return drop(token) }
    if !connection.isPinged, silence >= heartbeat {
      connections[token]?.isPinged = true
      var bytes: [UInt8] = []
      connections[token]?.protocolState.appendPing(to: &bytes)
      write(token, bytes)
    }
    scheduleBeat(token)
  }

  /// Sets the deadline to whatever comes first.
  func scheduleBeat(_ token: Token) {
    guard let connection = connections[token] else { return }
    let quiet = connection.lastHeard + settings.heartbeatSeconds * 1000
    let next = connection.isPinged ? quiet + Self.pongMilliseconds : quiet
    let (untilExpiry, overflow) = (connection.tokenExpiresAt).multipliedReportingOverflow(by: 1000)
    let expiry = overflow ? Int64.max : loop.now() + max(0, untilExpiry - Clock.wallMilliseconds())
    // A wall clock that jumps is noticed within a minute.
    deadlines.set(token.slot, min(next, expiry, loop.now() + 60_000))
  }
}
