// Carries out what a connection's state asks for.
import EventLoop
import Glibc
import Posix
import WebSocket
import Wire

extension ConnectionIO {
  /// False if the event does not apply in the connection's phase.
  @discardableResult
  func handle(_ event: ConnectionState.Event, _ connection: Connection) -> Bool {
    let phase = connection.phase
    guard let actions = connection.transition(on: event) else { return false }
    count(event, in: phase)
    for action in actions { perform(action, connection) }
    return true
  }

  /// Sends a Close frame and gives the peer a while to answer it. Nothing more is delivered from here on.
  func close(_ connection: Connection, _ code: CloseCode, _ reason: String) {
    guard handle(.closeRequested(code, reason: reason), connection) else { return }
    Log.debug("connection is being closed", ["connection": connection.token.text, "code": code.rawValue, "reason": reason])
  }

  /// Counts the end of a connection, once: what follows is its closing.
  private func count(_ event: ConnectionState.Event, in phase: ConnectionState.Phase) {
    guard phase != .closing, phase != .httpResponseSent else { return }
    switch event {
    case .closeRequested(let code, _): metrics.closed(with: code)
    case .httpResponded: metrics.ended(.http)
    case .peerClosed: metrics.ended(.peer)
    case .lost: metrics.ended(.lost)
    case .deadlineReached where phase == .handshake: metrics.ended(.http)
    case .deadlineReached where phase == .awaitingAuth: metrics.closed(with: .signInTimeout)
    case .deadlineReached, .upgraded, .streamRequested, .authenticationStarted, .admitted, .caughtUp, .writesCompleted: break
    }
  }

  private func perform(_ action: ConnectionState.Action, _ connection: Connection) {
    switch action {
    case .startClosingTimer: setDeadline(connection, loop.now() + ConnectionLimits.closingMilliseconds)
    case .restartAuthenticationTimer: setDeadline(connection, loop.now() + limits.signInMilliseconds)
    case .scheduleHeartbeat: scheduleHeartbeat(connection)
    case .checkHeartbeat: checkHeartbeat(connection)
    case .pauseReading: pauseReading(connection, true)
    case .resumeReading: pauseReading(connection, false)
    case .discardHandshake: delegate?.discardHandshake(connection)
    case .continueCatchUp: delegate?.continueCatchUp(connection)
    case .discardCatchUp: delegate?.discardCatchUp(connection)
    case .unsubscribe: delegate?.unsubscribe(connection)
    case .beginStream: beginEventStream(connection, cursor: nil)
    case .sendClose(let code, let reason):
      if connection.isEventStream {
        connection.queue(text: ServerFrame.close(code: code.rawValue, reason: reason))
      } else {
        connection.withProtocol { state, bytes in state.appendClose(code, reason: reason, to: &bytes) }
      }
      markDirty(connection)
    case .shutDownWriting: shutdown(connection.socket, Int32(SHUT_WR))
    case .release:
      delegate?.closed(connection)
      free(connection)
    }
  }

  // MARK: Heartbeat

  /// Pings a silent peer, gives up one that does not answer, and closes when the token has expired. The reader of an event stream cannot
  /// answer: it is sent a heartbeat, and the stream ends with its token at the latest.
  private func checkHeartbeat(_ connection: Connection) {
    switch heartbeat.verdict(
      lastReceived: connection.lastReceived, isPinged: connection.isPinged, tokenExpiresAt: connection.tokenExpiresAt, now: loop.now(),
      wallMilliseconds: wallMilliseconds())
    {
    case .expired: return close(connection, .tokenExpired, "token expired")
    case .unresponsive: return _ = handle(.lost, connection)
    case .ping where connection.isEventStream:
      connection.lastReceived = loop.now()
      write(connection, EventStreamWriter.heartbeat)
    case .ping:
      connection.isPinged = true
      write(connection) { state, bytes in state.appendPing(to: &bytes) }
    case .wait: break
    }
    scheduleHeartbeat(connection)
  }

  func scheduleHeartbeat(_ connection: Connection) {
    guard connection.phase == .catchingUp || connection.isLive else { return }
    setDeadline(
      connection,
      heartbeat.nextCheck(
        lastReceived: connection.lastReceived, isPinged: connection.isPinged, tokenExpiresAt: connection.tokenExpiresAt, now: loop.now(),
        wallMilliseconds: wallMilliseconds()))
  }
}
