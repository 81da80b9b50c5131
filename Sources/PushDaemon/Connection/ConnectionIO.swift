// The sockets of one loop's connections: accepting, reading, deadlines.
import EventLoop
import Glibc
import Posix
import WebSocket
import Wire

/// What a loop's connections have to report; called on the loop's thread.
protocol ConnectionIODelegate: AnyObject {
  /// Bytes of an HTTP request.
  func received(request bytes: UnsafeRawBufferPointer, on connection: Connection)
  /// One text message.
  func received(text: UnsafeRawBufferPointer, on connection: Connection)
  /// A ping or pong of the WebSocket protocol; false if it is not to be answered.
  func admitsControlFrame(on connection: Connection) -> Bool
  /// Frames that came while the connection is authenticating: they are to be read afterwards.
  func received(early bytes: UnsafeRawBufferPointer, on connection: Connection)
  /// What the peer missed can be sent on.
  func continueCatchUp(_ connection: Connection)
  func discardHandshake(_ connection: Connection)
  func discardCatchUp(_ connection: Connection)
  func unsubscribe(_ connection: Connection)
  /// The socket is about to be closed.
  func closed(_ connection: Connection)
}

/// Bounds that are the same for all connections.
struct ConnectionLimits: Sendable {
  /// How long a client may take for handshake and sign-in.
  let signInMilliseconds: Int64
  /// How long a connection may be silent before it is pinged.
  let heartbeatMilliseconds: Int64
  let sendBufferBytesMax: Int
  let messageBytesMax: Int

  /// How long a peer may take to answer our Close frame.
  static let closingMilliseconds: Int64 = 5000
  /// Frames of one message.
  static let fragmentsMax = 16
  /// `rate_limited` errors without a success between them, after which the connection is closed.
  static let consecutiveRateLimitErrorsMax: UInt8 = 100
  /// Frames that a connection may send before it has signed in, besides those that sign it in.
  static let framesBeforeSignInMax: UInt8 = 20

  /// As clients are told.
  var bounds: ConnectionBounds {
    ConnectionBounds(
      fragmentsPerMessage: Self.fragmentsMax, signInMilliseconds: signInMilliseconds,
      framesBeforeSignIn: Int(Self.framesBeforeSignInMax), pongMilliseconds: Heartbeat.pongMilliseconds,
      refusalsInARow: Int(Self.consecutiveRateLimitErrorsMax))
  }
}

/// Owns the connections of one loop and does all their input and output. What it learns goes to the connection's state, whose actions it carries
/// out, or to its delegate.
final class ConnectionIO {
  unowned var delegate: (any ConnectionIODelegate)?
  let loop: any SocketRegistry
  let limits: ConnectionLimits
  let heartbeat: Heartbeat
  let wallMilliseconds: () -> Int64
  let metrics: DaemonMetrics
  private let protocolLimits: ProtocolState.Limits
  private var connections = Slab<Connection>()
  private var deadlines = Deadlines()
  /// Connections with something to write at the end of the iteration.
  private var dirty: [Connection] = []
  /// Nothing more is read: the daemon stops.
  private(set) var isDraining = false
  /// One receive buffer for all: a frame that arrives whole is read in place.
  private let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  init(
    loop: any SocketRegistry, limits: ConnectionLimits, wallMilliseconds: @escaping () -> Int64,
    metrics: DaemonMetrics = DaemonMetrics(Metrics())
  ) {
    self.metrics = metrics
    self.loop = loop
    self.limits = limits
    self.wallMilliseconds = wallMilliseconds
    heartbeat = Heartbeat(intervalMilliseconds: limits.heartbeatMilliseconds)
    protocolLimits = ProtocolState.Limits(maxMessageBytes: limits.messageBytesMax, maxFragments: ConnectionLimits.fragmentsMax)
  }

  deinit {
    receiveBuffer.deallocate()
  }

  // MARK: Connections

  var count: Int { connections.count }
  var all: [Connection] { connections.elements }

  /// Nil for the token of a connection that is closed.
  subscript(_ token: Token) -> Connection? { connections[token] }

  /// Takes over a socket. Nil, with the socket closed, if the kernel cannot watch it.
  @discardableResult
  func accept(_ socket: Int32) -> Connection? {
    let connection = connections.insert { Connection($0, socket: socket, lastReceived: loop.now()) }
    do {
      try loop.add(socket, .read, connection.token)
    } catch {
      connections.remove(connection.token)
      Glibc.close(socket)
      return nil
    }
    setDeadline(connection, loop.now() + limits.signInMilliseconds)
    metrics.accepted.add()
    metrics.open.add(1)
    Log.debug("connection accepted", ["connection": connection.token.text])
    return connection
  }

  func free(_ connection: Connection) {
    metrics.open.add(-1)
    Log.debug("connection closed", ["connection": connection.token.text])
    setDeadline(connection, nil)
    loop.remove(connection.socket)
    connections.remove(connection.token)
    Glibc.close(connection.socket)
  }

  // MARK: Deadlines

  func setDeadline(_ connection: Connection, _ time: Int64?) {
    deadlines.set(connection.token.slot, time)
  }

  func checkDeadlines(at now: Int64) {
    for slot in deadlines.due(at: now) {
      if let connection = connections.element(inSlot: slot) { handle(.deadlineReached, connection) } else { deadlines.set(slot, nil) }
    }
  }

  // MARK: Reading

  func ready(_ connection: Connection, canRead: Bool, canWrite: Bool) {
    if canWrite { flush(connection) }
    if canRead, !connection.isClosed { read(connection) }
  }

  private func read(_ connection: Connection) {
    guard !connection.isReadingPaused else {
      // Paused, and yet ready: the peer may have closed.
      return checkPeerClosed(connection)
    }
    let count = recv(connection.socket, receiveBuffer.baseAddress, receiveBuffer.count, 0)
    guard count > 0 else {
      if count == 0 || (errno != EAGAIN && errno != EINTR) { handle(.lost, connection) }
      return
    }
    if connection.isEventStream { return receivedFromReader(connection) }
    connection.lastReceived = loop.now()
    if connection.isPinged {
      // Any bytes prove that the peer is there.
      connection.isPinged = false
      scheduleHeartbeat(connection)
    }
    let bytes = UnsafeMutableRawBufferPointer(rebasing: receiveBuffer[..<count])
    switch connection.phase {
    case .httpResponseSent: break
    case .handshake: delegate?.received(request: UnsafeRawBufferPointer(bytes), on: connection)
    default: readFrames(connection, bytes)
    }
  }

  /// The reader of an event stream has nothing to send after its request, and no budget for it.
  private func receivedFromReader(_ connection: Connection) {
    close(connection, .policyViolation, "an event stream is only read")
  }

  private func checkPeerClosed(_ connection: Connection) {
    var byte: UInt8 = 0
    let count = recv(connection.socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) {
      handle(.lost, connection)
    } else {
      // Unread bytes wait: without an update of the epoll interest the kernel would report them forever.
      updateInterest(connection)
    }
  }

  /// Handles the events in `bytes` one after the other, as long as the connection is open and not authenticating.
  func readFrames(_ connection: Connection, _ bytes: UnsafeMutableRawBufferPointer) {
    var input = ReceivedBytes(bytes)
    while !connection.isClosed, let event = connection.nextEvent(in: &input, limits: protocolLimits) {
      switch event {
      case .text(let payload):
        payload.withUnsafeBytes { delegate?.received(text: $0, on: connection) }
      case .binary:
        close(connection, .unsupportedData, "text frames only")
      case .pong:
        _ = delegate?.admitsControlFrame(on: connection)
      case .ping:
        if delegate?.admitsControlFrame(on: connection) ?? true { answer(connection, event) }
      case .close, .violation:
        if handle(.peerClosed, connection) { answer(connection, event) }
      }
      if connection.phase == .authenticating {
        let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[(bytes.count - input.count)...])
        delegate?.received(early: rest, on: connection)
        return
      }
    }
  }

  private func answer(_ connection: Connection, _ event: ProtocolState.Event) {
    write(connection) { state, bytes in state.appendAnswer(to: event, to: &bytes) }
  }

  func pauseReading(_ connection: Connection, _ isPaused: Bool) {
    guard connection.isReadingPaused != isPaused, !isDraining else { return }
    connection.isReadingPaused = isPaused
    updateInterest(connection)
  }

  /// Reads no more commands from anyone, for good.
  func drain() {
    isDraining = true
    pauseReadingOfAll(true)
  }

  /// Reads again, for the Close frames of the peers.
  func readCloseFrames() {
    pauseReadingOfAll(false)
  }

  private func pauseReadingOfAll(_ isPaused: Bool) {
    for connection in connections.elements {
      connection.isReadingPaused = isPaused
      updateInterest(connection)
    }
  }

  func updateInterest(_ connection: Connection) {
    guard !connection.isClosed else { return }
    var interest: Epoll.Interest = []
    if !connection.isReadingPaused { interest.insert(.read) }
    if connection.isWaitingToWrite { interest.insert(.write) }
    try? loop.change(connection.socket, interest, connection.token)
  }

  // MARK: The dirty list, for +Writing

  func markDirty(_ connection: Connection) {
    guard !connection.isDirty, !connection.isClosed else { return }
    connection.isDirty = true
    dirty.append(connection)
  }

  /// Sends what the iteration has queued.
  func flushDirty() {
    // Flushing may make other connections dirty (one that catches up gets its next chunk), but each at most once.
    var index = 0
    while index < dirty.count {
      let connection = dirty[index]
      index += 1
      connection.isDirty = false
      flush(connection)
    }
    dirty.removeAll(keepingCapacity: true)
  }
}
