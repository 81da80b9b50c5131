// One thread's share of the subscribers, from the first byte to the last.
import Chat
import Configuration
import Domain
import EventLoop
import Glibc
import Posix
import WebSocket

/// Holds the connections of one event loop and what they have in common. Its chapters are extensions, in the order of a line's life:
/// SignIn/, Receive/, Deliver/, Presence/, Connection/. Everything here runs on the loop's thread; others write messages.
final class PushLoop: EventHandler {
  let index: Int
  let shared: Shared
  let loop: EventLoop<LoopMessage>
  var connections = Slab<Connection>()
  var deadlines = Deadlines()
  var hub = Hub()
  let replayBuffer: ReplayBuffer
  var people: [UserRowID: Person] = [:]
  /// What lines ask for, until the turn ends.
  var pendingCommands: [PendingCommand] = []
  var attendance = ConnectionPresence()
  /// Lines with something to write when the turn ends.
  var dirty: [Connection] = []
  /// Lines that are behind.
  var behind: [Connection] = []
  /// Handshakes that may still be read in this turn.
  private var handshakesLeft = PushLoop.entrancesPerTurnMax
  /// Answers of the threadPool that wait for their turn.
  private var arrivals = AdmissionQueue()
  /// Counts publications; see `publish`.
  var turn: UInt32 = 0
  var isDraining = false
  var closeBy: Int64?
  /// One receive buffer for all: a frame that arrives whole is read where it lies.
  let received = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  var settings: Settings { shared.chat.settings }
  var mailbox: Mailbox<LoopMessage> { shared.mailboxes[index] }
  let limits = ProtocolState.Limits(maxMessageBytes: Chat.requestBytesMax, maxFragments: 16)

  /// How long a peer may take to answer our Close frame.
  static let closingMilliseconds: Int64 = 5000
  /// How long a stopping daemon waits for its peers.
  static let stoppingMilliseconds: Int64 = 3000

  /// Requests read, and people let in, in one turn. What is said meanwhile waits for two turns, once to be handed to the scribe and once to
  /// be answered: a crowd at the door must not make these long.
  static let entrancesPerTurnMax = 16

  /// The body of a loop's thread.
  static func run(index: Int, shared: Shared, listeners: [Listener], startingAt position: Int64) {
    do {
      let loop = try EventLoop(mailbox: shared.mailboxes[index])
      for listener in listeners { try loop.listen(listener) }
      loop.run(PushLoop(index: index, shared: shared, loop: loop, startingAt: position))
    } catch {
      Log.error("loop \(index) cannot start: \(error)")
      exit(1)
    }
  }

  private init(index: Int, shared: Shared, loop: EventLoop<LoopMessage>, startingAt position: Int64) {
    self.index = index
    self.shared = shared
    self.loop = loop
    replayBuffer = ReplayBuffer(startingAt: position, bytesMax: shared.chat.settings.replayBufferBytesMax)
  }

  deinit {
    received.deallocate()
  }

  // MARK: EventHandler

  func accepted(_ socket: Int32) {
    let entrance = PendingHandshake()
    let connection = connections.insert { Connection($0, socket: socket, stage: .handshake(entrance), lastHeard: loop.now()) }
    do {
      try loop.add(socket, .read, connection.token)
    } catch {
      connections.remove(connection.token)
      Glibc.close(socket)
      return
    }
    setDeadline(connection, loop.now() + settings.signInDeadlineSeconds * 1000)
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    guard let connection = connections[token] else { return }
    if case .handshake = connection.stage {
      // It will be reported again.
      guard handshakesLeft > 0 else { return }
      handshakesLeft -= 1
    }
    if readiness.canWrite { flush(connection) }
    if readiness.canRead, !connection.isGone { read(connection) }
  }

  func received(_ messages: [LoopMessage]) {
    var batches: [EventBatch] = []
    for message in messages {
      switch message {
      case .news(let batch): batches.append(batch)
      case .arrived(let token, let result): arrivals.append(token, result)
      case .replies(let replies): for reply in replies { replied(reply.token, ref: reply.ref, reply.result) }
      case .typing(let room, let user, let frame): showTyping(room: room, by: user, frame)
      case .presence(let news): showPresence(news)
      case .drain: drain()
      case .close: closeAll()
      }
    }
    if !batches.isEmpty { publish(batches) }
  }

  func iterationEnded() {
    handshakesLeft = Self.entrancesPerTurnMax
    for (token, result) in arrivals.take(Self.entrancesPerTurnMax) { arrived(token, result) }
    submitPendingCommands()
    // Flushing may make other lines dirty (one that is behind gets its next portion), but each at most once.
    var index = 0
    while index < dirty.count {
      let connection = dirty[index]
      index += 1
      connection.isDirty = false
      flush(connection)
    }
    dirty.removeAll(keepingCapacity: true)
  }

  func ticked(_ now: Int64) {
    for slot in deadlines.due(at: now) {
      if let connection = connections.element(inSlot: slot) { deadlineCame(connection, now) } else { deadlines.set(slot, nil) }
    }
    advanceThoseBehind()
  }

  var hasWork: Bool { !arrivals.isEmpty }

  var isFinished: Bool {
    guard let closeBy else { return false }
    return connections.count == 0 || loop.now() >= closeBy
  }

  // MARK: The end of the day

  private func drain() {
    isDraining = true
    loop.stopListening()
    for connection in connections.elements {
      connection.isReadingPaused = true
      updateInterest(connection)
    }
  }

  private func closeAll() {
    closeBy = loop.now() + Self.stoppingMilliseconds
    for connection in connections.elements { close(connection, .serviceRestart, "restarting") }
    // From here on only their Close frames are waited for.
    for connection in connections.elements {
      connection.isReadingPaused = false
      updateInterest(connection)
    }
  }
}
