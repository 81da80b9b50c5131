// What happens when nothing happens: heartbeat, expiry, and patience that runs out.
import Configuration
import EventLoop
import Posix
import WebSocket

extension PushLoop {
  /// How long a peer may take to answer a ping.
  static let pongMilliseconds: Int64 = 10_000

  func deadlineCame(_ connection: Connection, _ now: Int64) {
    switch connection.stage {
    case .handshake, .closing, .answeredPlainly, .gone:
      drop(connection)
    case .signIn:
      close(connection, .signInTimeout, "no sign-in in time")
    case .arriving:
      // The threadPool will answer; ask again then.
      setDeadline(connection, now + settings.signInDeadlineSeconds * 1000)
    case .catchingUp, .live:
      beat(connection, now)
    }
  }

  /// Pings a silent peer, drops one that does not answer, and closes when the token has run out.
  private func beat(_ connection: Connection, _ now: Int64) {
    if Clock.wallMilliseconds() / 1000 >= connection.tokenExpiresAt { return close(connection, .tokenExpired, "token expired") }
    let silence = now - connection.lastHeard
    let heartbeat = settings.heartbeatSeconds * 1000
    if connection.isPinged, silence >= heartbeat + Self.pongMilliseconds { return drop(connection) }
    if !connection.isPinged, silence >= heartbeat {
      connection.isPinged = true
      write(connection) { state, bytes in state.appendPing(to: &bytes) }
    }
    scheduleBeat(connection)
  }

  /// Sets the deadline to whatever comes first.
  func scheduleBeat(_ connection: Connection) {
    let quiet = connection.lastHeard + settings.heartbeatSeconds * 1000
    let next = connection.isPinged ? quiet + Self.pongMilliseconds : quiet
    let (untilExpiry, overflow) = (connection.tokenExpiresAt).multipliedReportingOverflow(by: 1000)
    let expiry = overflow ? Int64.max : loop.now() + max(0, untilExpiry - Clock.wallMilliseconds())
    // A wall clock that jumps is noticed within a minute.
    setDeadline(connection, min(next, expiry, loop.now() + 60_000))
  }

  func setDeadline(_ connection: Connection, _ time: Int64?) {
    deadlines.set(connection.token.slot, time)
  }
}
