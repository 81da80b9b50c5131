// The life of a connection as a value: an event goes in, the actions to take come out.
import WebSocket

/// Transitions happen only through `handle`, so a step that is not in its table cannot be written. It touches no socket; `ConnectionIO` carries
/// the actions out.
///
///     handshake → awaitingAuth → authenticating → catchingUp → live → closing → closed
///     handshake → openingStream → catchingUp → live → closing → closed
///     handshake → httpResponseSent → closed
struct ConnectionState: Equatable {
  enum Phase: UInt8, CaseIterable, Sendable {
    /// Reads the HTTP request.
    case handshake
    /// Speaks WebSocket and waits for credentials.
    case awaitingAuth
    /// The thread pool looks up the session; nothing is read meanwhile.
    case authenticating
    /// An event stream is asked for: the thread pool looks up the session, and a refusal is still an HTTP response.
    case openingStream
    /// Receives the events it missed, as fast as it takes them.
    case catchingUp
    /// Receives events as they happen.
    case live
    /// Our Close frame, or the last event of a stream, is on its way; nothing else is sent.
    case closing
    /// Was plain HTTP: closed once the response is written.
    case httpResponseSent
    /// The socket is closed; objects that still hold the connection leave it alone.
    case closed
  }

  enum Event: Equatable, Sendable {
    /// The request is a WebSocket handshake; its response is queued.
    case upgraded
    /// The request asks for an event stream.
    case streamRequested
    /// The request has been given a plain HTTP response.
    case httpResponded
    /// Credentials came and are being looked up.
    case authenticationStarted
    /// The credentials are good and what the client missed is known.
    case admitted
    /// Everything missed has been sent.
    case caughtUp
    /// We close the connection.
    case closeRequested(CloseCode, reason: String)
    /// The peer sent its Close frame or broke the protocol.
    case peerClosed
    /// Everything queued is with the kernel.
    case writesCompleted(CloseHandshake)
    case deadlineReached
    /// The socket failed, or the peer does not answer.
    case lost
  }

  /// How far the closing handshake of RFC 6455 (section 7.1) has come once everything queued is written.
  enum CloseHandshake: CaseIterable, Sendable {
    case incomplete
    /// The peer will not answer: it broke the protocol, and our Close frame contains the reason, or it reads an event stream.
    case unanswered
    /// Both Close frames are through.
    case complete
  }

  enum Action: Equatable, Sendable {
    case startClosingTimer
    case restartAuthenticationTimer
    case scheduleHeartbeat
    case checkHeartbeat
    case pauseReading
    case resumeReading
    /// Frees what the handshake needed.
    case discardHandshake
    case continueCatchUp
    /// Frees what catching up needed.
    case discardCatchUp
    /// Takes the connection off its rooms' lists.
    case unsubscribe
    /// Sends the head of an event stream, of which only the end follows.
    case beginStream
    case sendClose(CloseCode, reason: String)
    case shutDownWriting
    /// Closes the socket and frees the slot.
    case release
  }

  private(set) var phase = Phase.handshake

  /// Nil if the event does not apply in this phase; then nothing has changed.
  mutating func handle(_ event: Event) -> [Action]? {
    switch event {
    case .upgraded: move(from: .handshake, to: .awaitingAuth, [])
    case .streamRequested: move(from: .handshake, to: .openingStream, [])
    case .httpResponded: httpResponded()
    case .authenticationStarted: authenticationStarted()
    case .admitted: admitted()
    case .caughtUp: move(from: .catchingUp, to: .live, [.discardCatchUp])
    case .closeRequested(let code, let reason): close(code, reason)
    case .peerClosed: answerClose()
    case .writesCompleted(let handshake): writesCompleted(handshake)
    case .deadlineReached: deadlineReached()
    case .lost: release()
    }
  }

  private mutating func move(from expected: Phase, to next: Phase, _ actions: [Action]) -> [Action]? {
    guard phase == expected else { return nil }
    phase = next
    return actions
  }

  private mutating func httpResponded() -> [Action]? {
    guard phase == .handshake || phase == .openingStream else { return nil }
    defer { phase = .httpResponseSent }
    return leavingActions + [.startClosingTimer]
  }

  private mutating func authenticationStarted() -> [Action]? {
    phase == .openingStream ? [.pauseReading] : move(from: .awaitingAuth, to: .authenticating, [.pauseReading])
  }

  private mutating func admitted() -> [Action]? {
    guard phase == .authenticating || phase == .openingStream else { return nil }
    phase = .catchingUp
    return [.discardHandshake, .scheduleHeartbeat, .resumeReading]
  }

  private mutating func close(_ code: CloseCode, _ reason: String) -> [Action]? {
    switch phase {
    case .handshake: return release()
    case .openingStream: return beginClosing() + [.beginStream, .sendClose(code, reason: reason)]
    case .awaitingAuth, .authenticating, .catchingUp, .live: return beginClosing() + [.sendClose(code, reason: reason)]
    case .closing, .httpResponseSent, .closed: return nil
    }
  }

  private mutating func answerClose() -> [Action]? {
    switch phase {
    case .awaitingAuth, .authenticating, .catchingUp, .live, .closing: beginClosing()
    case .handshake, .openingStream, .httpResponseSent, .closed: nil
    }
  }

  private mutating func deadlineReached() -> [Action]? {
    switch phase {
    case .awaitingAuth: close(.signInTimeout, "no sign-in in time: sign_in_ms")
    case .authenticating, .openingStream: [.restartAuthenticationTimer]  // The thread pool will answer.
    case .catchingUp, .live: [.checkHeartbeat]
    case .handshake, .closing, .httpResponseSent, .closed: release()
    }
  }

  private mutating func writesCompleted(_ handshake: CloseHandshake) -> [Action]? {
    switch (phase, handshake) {
    case (.catchingUp, _): [.continueCatchUp]
    // Closing a socket with unread bytes makes the kernel discard what was written, our Close frame with its code. A peer that broke the
    // protocol may still be sending: so only our side is shut, and what comes is thrown away until the peer closes or the timer runs out.
    case (.closing, .unanswered), (.httpResponseSent, _): [.shutDownWriting]
    case (.closing, .complete): release()
    case (.closing, .incomplete), (.handshake, _), (.awaitingAuth, _), (.authenticating, _), (.openingStream, _), (.live, _), (.closed, _):
      nil
    }
  }

  private mutating func release() -> [Action]? {
    guard phase != .closed else { return nil }
    defer { phase = .closed }
    return leavingActions + [.release]
  }

  private mutating func beginClosing() -> [Action] {
    defer { phase = .closing }
    return leavingActions + [.startClosingTimer]
  }

  /// What is to be undone when the connection leaves its phase for its end.
  private var leavingActions: [Action] {
    switch phase {
    case .handshake, .awaitingAuth: [.discardHandshake]
    case .authenticating, .openingStream: [.discardHandshake, .resumeReading]
    case .catchingUp: [.discardCatchUp]
    case .live: [.unsubscribe]
    case .closing, .httpResponseSent, .closed: []
    }
  }
}
