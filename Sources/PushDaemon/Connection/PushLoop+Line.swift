// Reading from a line, writing to it, closing it.
import EventLoop
import Glibc
import Posix
import WebSocket

extension PushLoop {
  // MARK: Reading

  func read(_ token: Token) {
    guard let connection = connections[token], !connection.isReadingPaused else {
      // Paused, and yet ready: the peer has gone away.
      if connections[token] != nil { probe(token) }
      return
    }
    let count = recv(connection.socket, received.baseAddress, received.count, 0)
    guard count > 0 else {
      if count == 0 || (errno != EAGAIN && errno != EINTR) { drop(token) }
      return
    }
    connections[token]?.lastHeard = loop.now()
    if connection.isPinged {
      // Whatever it says, it is there.
      connections[token]?.isPinged = false
      scheduleBeat(token)
    }
    let bytes = UnsafeMutableRawBufferPointer(rebasing: received[..<count])
    if connection.isPlainHTTP { return }
    if case .handshake(let entrance) = connection.stage {
      entrance.unread.append(contentsOf: bytes)
      shakeHands(token, entrance)
    } else {
      readFrames(token, bytes)
    }
  }

  /// Whether a line that is not being read has been hung up.
  private func probe(_ token: Token) {
    guard let socket = connections[token]?.socket else { return }
    var byte: UInt8 = 0
    let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) {
      drop(token)
    } else {
      // There are bytes, which wait; the kernel would report them without end.
      updateInterest(token)
    }
  }

  /// Hands the events in `bytes` on, one after the other, as long as the line is there and listening.
  func readFrames(_ token: Token, _ bytes: UnsafeMutableRawBufferPointer) {
    var input = ReceivedBytes(bytes)
    while let event = connections[token]?.protocolState.nextEvent(in: &input, limits: limits) {
      switch event {
      case .text(let payload):
        payload.withUnsafeBytes { command(token, $0) }
      case .binary:
        close(token, .unsupportedData, "text frames only")
      case .pong:
        break
      case .ping:
        answer(token, event)
      case .close, .violation:
        leaveRooms(token)
        answer(token, event)
        connections[token]?.stage = .closing
        deadlines.set(token.slot, loop.now() + Self.closingMilliseconds)
      }
      // While the errands look her up, what comes after waits with what is still to be read.
      if case .arriving(let entrance)? = connections[token]?.stage {
        entrance.unread.append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[(bytes.count - input.count)...]))
        return
      }
    }
  }

  private func answer(_ token: Token, _ event: ProtocolState.Event) {
    guard connections[token] != nil else { return }
    var bytes: [UInt8] = []
    connections[token]?.protocolState.appendAnswer(to: event, to: &bytes)
    write(token, bytes)
  }

  // MARK: Writing

  /// Queues bytes that are frames already. They are sent when the turn ends, together with what else the turn brings.
  func write(_ token: Token, _ bytes: [UInt8]) {
    guard connections[token] != nil else { return }
    connections[token]?.outbox.append(bytes)
    markDirty(token)
    checkBound(token)
  }

  /// Queues one text message.
  func push(_ token: Token, _ json: [UInt8]) {
    guard let connection = connections[token], !connection.protocolState.hasSentClose else { return }
    connections[token]?.outbox.write { FrameWriter.append(.text, json, to: &$0) }
    markDirty(token)
    checkBound(token)
  }

  func markDirty(_ token: Token) {
    guard connections[token]?.isDirty == false else { return }
    connections[token]?.isDirty = true
    dirty.append(token)
  }

  /// Sends what waits, as far as the socket takes it.
  func flush(_ token: Token) {
    guard let socket = connections[token]?.socket, let outcome = connections[token]?.outbox.flush(to: socket) else { return }
    settle(token, outcome)
  }

  /// Draws the consequence of a write.
  func settle(_ token: Token, _ outcome: Outbox.Outcome) {
    guard let connection = connections[token] else { return }
    switch outcome {
    case .gone:
      drop(token)
    case .blocked:
      if !connection.waitsForWriting {
        connections[token]?.waitsForWriting = true
        updateInterest(token)
      }
      checkBound(token)
    case .drained:
      if connection.waitsForWriting {
        connections[token]?.waitsForWriting = false
        updateInterest(token)
      }
      if connection.isPlainHTTP || connection.protocolState.isFinished {
        hangUp(token, connection)
      } else if case .catchingUp = connection.stage {
        advance(token)
      }
    }
  }

  /// A peer that does not read is not waited for without end: it can come back and resume.
  private func checkBound(_ token: Token) {
    guard let connection = connections[token], connection.outbox.count > settings.outboxBytesMax else { return }
    if case .closing = connection.stage { return }
    close(token, .tooSlow, "too slow: come back with since")
  }

  func updateInterest(_ token: Token) {
    guard let connection = connections[token] else { return }
    var interest: Epoll.Interest = []
    if !connection.isReadingPaused { interest.insert(.read) }
    if connection.waitsForWriting { interest.insert(.write) }
    try? loop.change(connection.socket, interest, token)
  }

  func pauseReading(_ token: Token, _ isPaused: Bool) {
    guard let connection = connections[token], connection.isReadingPaused != isPaused, !isDraining else { return }
    connections[token]?.isReadingPaused = isPaused
    updateInterest(token)
  }

  // MARK: Closing

  /// Sends a Close frame and gives the peer a while to answer it. Nothing more is delivered to the line from here on.
  func close(_ token: Token, _ code: CloseCode, _ reason: String) {
    guard let connection = connections[token] else { return }
    if case .handshake = connection.stage { return drop(token) }
    leaveRooms(token)
    connections[token]?.stage = .closing
    deadlines.set(token.slot, loop.now() + Self.closingMilliseconds)
    var bytes: [UInt8] = []
    connections[token]?.protocolState.appendClose(code, reason: reason, to: &bytes)
    connections[token]?.outbox.append(bytes)
    markDirty(token)
  }

  /// Everything is said from our side. If the peer has said goodbye too, that is the end. One that broke the protocol may still be
  /// sending, and closing a socket with unread bytes makes the kernel take back what was written, our Close frame with its code: so
  /// only our side is shut, and what comes is thrown away until the peer goes or its time is over.
  private func hangUp(_ token: Token, _ connection: Connection) {
    if connection.protocolState.hasReceivedClose { return drop(token) }
    shutdown(connection.socket, Int32(SHUT_WR))
  }

  /// Lets go of a line at once.
  func drop(_ token: Token) {
    guard let connection = connections[token] else { return }
    leaveRooms(token)
    if let person = connection.person {
      shared.census.leave(person.number)
      person.lines.removeAll { $0 == token }
      if person.lines.isEmpty { people[person.number] = nil }
    }
    deadlines.set(token.slot, nil)
    loop.remove(connection.socket)
    connections.remove(token)
    Glibc.close(connection.socket)
  }
}
