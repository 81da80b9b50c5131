// Reading from a line, writing to it, closing it.
import Configuration
import EventLoop
import Glibc
import Posix
import WebSocket

extension PushLoop {
  // MARK: Reading

  func read(_ connection: Connection) {
    guard !connection.isReadingPaused else {
      // Paused, and yet ready: the peer has gone away.
      return probe(connection)
    }
    let count = recv(connection.socket, received.baseAddress, received.count, 0)
    guard count > 0 else {
      if count == 0 || (errno != EAGAIN && errno != EINTR) { drop(connection) }
      return
    }
    connection.lastHeard = loop.now()
    if connection.isPinged {
      // Whatever it says, it is there.
      connection.isPinged = false
      scheduleBeat(connection)
    }
    let bytes = UnsafeMutableRawBufferPointer(rebasing: received[..<count])
    if connection.isAnsweredPlainly { return }
    if case .handshake(let entrance) = connection.stage {
      entrance.unread.append(contentsOf: bytes)
      shakeHands(connection, entrance)
    } else {
      readFrames(connection, bytes)
    }
  }

  /// Whether a line that is not being read has been hung up.
  private func probe(_ connection: Connection) {
    var byte: UInt8 = 0
    let count = recv(connection.socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) {
      drop(connection)
    } else {
      // There are bytes, which wait; the kernel would report them without end.
      updateInterest(connection)
    }
  }

  /// Hands the events in `bytes` on, one after the other, as long as the line is there and listening.
  func readFrames(_ connection: Connection, _ bytes: UnsafeMutableRawBufferPointer) {
    var input = ReceivedBytes(bytes)
    while !connection.isGone, let event = connection.nextEvent(in: &input, limits: limits) {
      switch event {
      case .text(let payload):
        payload.withUnsafeBytes { command(connection, $0) }
      case .binary:
        close(connection, .unsupportedData, "text frames only")
      case .pong:
        break
      case .ping:
        answer(connection, event)
      case .close, .violation:
        leaveRooms(connection)
        answer(connection, event)
        connection.stage = .closing
        setDeadline(connection, loop.now() + Self.closingMilliseconds)
      }
      // While the threadPool look her up, what comes after waits with what is still to be read.
      if case .arriving(let entrance) = connection.stage {
        entrance.unread.append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[(bytes.count - input.count)...]))
        return
      }
    }
  }

  private func answer(_ connection: Connection, _ event: ProtocolState.Event) {
    write(connection) { state, bytes in state.appendAnswer(to: event, to: &bytes) }
  }

  // MARK: Writing

  /// Queues what the protocol has to say. It is sent when the turn ends, together with what else the turn brings.
  func write(_ connection: Connection, _ body: (inout ProtocolState, inout [UInt8]) -> Void) {
    guard !connection.isGone else { return }
    connection.withProtocol(body)
    markDirty(connection)
    checkBound(connection)
  }

  /// Queues bytes as they are.
  func write(_ connection: Connection, _ bytes: [UInt8]) {
    write(connection) { _, out in out = bytes }
  }

  /// Queues one text message.
  func push(_ connection: Connection, _ json: [UInt8]) {
    guard !connection.isGone, !connection.hasSentClose else { return }
    connection.queue(text: json)
    markDirty(connection)
    checkBound(connection)
  }

  func markDirty(_ connection: Connection) {
    guard !connection.isDirty, !connection.isGone else { return }
    connection.isDirty = true
    dirty.append(connection)
  }

  /// Sends what waits, as far as the socket takes it.
  func flush(_ connection: Connection) {
    guard !connection.isGone else { return }
    settle(connection, connection.flush())
  }

  /// Draws the consequence of a write.
  func settle(_ connection: Connection, _ outcome: SendBuffer.Outcome) {
    switch outcome {
    case .gone:
      drop(connection)
    case .blocked:
      if !connection.waitsForWriting {
        connection.waitsForWriting = true
        updateInterest(connection)
      }
      checkBound(connection)
    case .drained:
      if connection.waitsForWriting {
        connection.waitsForWriting = false
        updateInterest(connection)
      }
      if connection.isAnsweredPlainly || connection.isProtocolFinished {
        hangUp(connection)
      } else if case .catchingUp = connection.stage {
        advance(connection)
      }
    }
  }

  /// A peer that does not read is not waited for without end: it can come back and resume.
  private func checkBound(_ connection: Connection) {
    guard connection.unsentBytes > settings.sendBufferBytesMax, !connection.isClosing else { return }
    close(connection, .tooSlow, "too slow: come back with since")
  }

  func updateInterest(_ connection: Connection) {
    guard !connection.isGone else { return }
    var interest: Epoll.Interest = []
    if !connection.isReadingPaused { interest.insert(.read) }
    if connection.waitsForWriting { interest.insert(.write) }
    try? loop.change(connection.socket, interest, connection.token)
  }

  func pauseReading(_ connection: Connection, _ isPaused: Bool) {
    guard connection.isReadingPaused != isPaused, !isDraining else { return }
    connection.isReadingPaused = isPaused
    updateInterest(connection)
  }

  // MARK: Closing

  /// Sends a Close frame and gives the peer a while to answer it. Nothing more is delivered to the line from here on.
  func close(_ connection: Connection, _ code: CloseCode, _ reason: String) {
    switch connection.stage {
    case .handshake: return drop(connection)
    case .closing, .answeredPlainly, .gone: return
    default: break
    }
    leaveRooms(connection)
    connection.stage = .closing
    setDeadline(connection, loop.now() + Self.closingMilliseconds)
    connection.withProtocol { state, bytes in state.appendClose(code, reason: reason, to: &bytes) }
    markDirty(connection)
  }

  /// Everything is said from our side. If the peer has said goodbye too, that is the end. One that broke the protocol may still be
  /// sending, and closing a socket with unread bytes makes the kernel take back what was written, our Close frame with its code: so
  /// only our side is shut, and what comes is thrown away until the peer goes or its time is over.
  private func hangUp(_ connection: Connection) {
    if connection.hasReceivedClose { return drop(connection) }
    shutdown(connection.socket, Int32(SHUT_WR))
  }

  /// Lets go of a line at once.
  func drop(_ connection: Connection) {
    guard !connection.isGone else { return }
    leaveRooms(connection)
    connection.stage = .gone
    if let person = connection.person {
      shared.connectionLimiter.leave(person.rowID)
      presenceEnds(connection, person.rowID)
      person.lines.removeAll { $0 === connection }
      if person.lines.isEmpty { people[person.rowID] = nil }
    }
    setDeadline(connection, nil)
    loop.remove(connection.socket)
    connections.remove(connection.token)
    Glibc.close(connection.socket)
  }
}
