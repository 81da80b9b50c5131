// One thread's share of the subscribers: owns its parts and routes events and messages to them.
import Chat
import Configuration
import Domain
import EventLoop
import Glibc
import Posix
import WebSocket

/// Decides nothing itself. Runs on the loop's thread; other threads send messages.
final class PushLoop: EventHandler {
  /// How long a stopping daemon waits for the Close frames of its peers.
  static let stoppingMilliseconds: Int64 = 3000

  private let index: Int
  private let loop: EventLoop<LoopMessage>
  private let ticks: LoopTicks
  private let chat: Chat
  private let limiter: ConnectionLimiter<UserRowID>
  private let networks: ConnectionLimiter<ClientNetwork>
  /// The networks of the connections that do not come through nginx.
  private var networksByConnection: [Token: ClientNetwork] = [:]
  private let io: ConnectionIO
  private let hub = Hub()
  private let handshakes = PendingHandshakes()
  private let handshake: Handshake
  private let authenticator: Authenticator
  private let commands: CommandDispatcher
  private let publisher: Publisher
  private let catchUps: CatchUps
  private let presence: LoopPresence
  private let typing: TypingBroadcaster
  private var stopBy: Int64?

  /// The body of a loop's thread.
  static func run(index: Int, services: DaemonServices, listeners: [Listener], startingAt position: Int64) {
    do {
      let loop = try EventLoop(mailbox: services.mailboxes[index])
      for listener in listeners { try loop.listen(listener) }
      loop.run(PushLoop(index: index, services: services, loop: loop, startingAt: position))
      services.ticks.ended(index)
    } catch {
      Log.error("loop \(index) cannot start: \(error)")
      exit(1)
    }
  }

  private init(index: Int, services: DaemonServices, loop: EventLoop<LoopMessage>, startingAt position: Int64) {
    let (chat, settings, mailbox) = (services.chat, services.chat.settings, services.mailboxes[index])
    let others = services.mailboxes.indices.filter { $0 != index }.map { services.mailboxes[$0] }
    let loader = ResumeLoader(chat: chat, threadPool: services.threadPool) { token, result in mailbox.send(.sessionLoaded(token, result)) }
    let replayBuffer = ReplayBuffer(startingAt: position, bytesMax: settings.replayBufferBytesMax)
    self.index = index
    self.loop = loop
    ticks = services.ticks
    self.chat = chat
    limiter = services.limiter
    networks = services.networks
    io = ConnectionIO(loop: loop, limits: ConnectionLimits(settings), wallMilliseconds: Clock.wallMilliseconds, metrics: services.metrics)
    catchUps = CatchUps(io: io, hub: hub, replayBuffer: replayBuffer) { token, claim, since in
      loader.load(token, claim, since: since, replayBufferStart: replayBuffer.start)
    }
    publisher = Publisher(io: io, hub: hub, replayBuffer: replayBuffer, catchUps: catchUps)
    presence = LoopPresence(loop: index, io: io, hub: hub, tracker: services.presence)
    typing = TypingBroadcaster(io: io, hub: hub) { notification in for other in others { other.send(.typing(notification)) } }
    authenticator = Authenticator(
      chat: chat, io: io, hub: hub, catchUps: catchUps, replayBuffer: replayBuffer, handshakes: handshakes, limiter: limiter,
      loader: loader)
    handshake = Handshake(
      io: io, origins: services.origins, isAlive: { services.ticks.areRecent(at: loop.now()) }, isReady: { chat.isReady },
      handshakes: handshakes, authenticator: authenticator)
    commands = CommandDispatcher(
      chat: chat, io: io, authenticator: authenticator, presence: presence, typing: typing,
      sink: ReplySink(enqueue: { mailbox.enqueue(.replies($0)) }, wake: mailbox.wake))
    io.delegate = self
    publisher.delegate = self
    catchUps.delegate = self
  }

  // MARK: EventHandler

  func accepted(_ socket: Int32) {
    guard let connection = io.accept(socket), let limit = chat.settings.connectionsPerAddress,
      let network = ClientNetwork(peerOf: socket)
    else { return }
    guard networks.acquire(network, limit: limit) else { return handshake.refuse(connection, connectionsPerAddress: limit) }
    networksByConnection[connection.token] = network
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    guard let connection = io[token], handshake.mayRead(connection) else { return }
    io.ready(connection, canRead: readiness.canRead, canWrite: readiness.canWrite)
  }

  func handle(_ messages: [LoopMessage]) {
    var batches: [EventBatch] = []
    for message in messages {
      switch message {
      case .events(let batch): batches.append(batch)
      case .sessionLoaded(let token, let result): authenticator.enqueue(token, result)
      case .replies(let replies): for reply in replies { commands.handle(reply) }
      case .typing(let notification): typing.broadcastTyping(notification)
      case .presence(let update): presence.send(update)
      case .listenAgain: loop.listenAgain()
      case .drain: drain()
      case .close: closeAll()
      }
    }
    if !batches.isEmpty { publisher.publish(batches) }
  }

  func iterationEnded() {
    handshake.iterationEnded()
    authenticator.admitQueued(atMost: Handshake.admissionsPerIterationMax)
    commands.submitPendingCommands()
    io.flushDirty()
  }

  func tick(_ now: Int64) {
    ticks.ticked(index, at: now)
    io.checkDeadlines(at: now)
    chat.commands.sweep(now: now)
    catchUps.advanceCatchUps()
  }

  var hasWork: Bool { authenticator.hasQueued }

  var isFinished: Bool {
    guard let stopBy else { return false }
    return io.count == 0 || loop.now() >= stopBy
  }

  // MARK: Stopping

  private func drain() {
    loop.stopListening()
    io.drain()
  }

  private func closeAll() {
    stopBy = loop.now() + Self.stoppingMilliseconds
    for connection in io.all { io.close(connection, .serviceRestart, "restarting") }
    io.readCloseFrames()
  }
}

// MARK: From the connections

extension PushLoop: ConnectionIODelegate {
  func received(request bytes: UnsafeRawBufferPointer, on connection: Connection) { handshake.handleHandshake(connection, bytes) }
  func received(text: UnsafeRawBufferPointer, on connection: Connection) { commands.dispatch(text, on: connection) }
  func admitsControlFrame(on connection: Connection) -> Bool { commands.admitsControlFrame(on: connection) }
  func received(early bytes: UnsafeRawBufferPointer, on connection: Connection) {
    handshakes[connection].unread.append(contentsOf: bytes)
  }
  func continueCatchUp(_ connection: Connection) { catchUps.advanceCatchUp(connection) }
  func discardHandshake(_ connection: Connection) { handshakes.discard(connection) }
  func discardCatchUp(_ connection: Connection) { catchUps.discard(connection) }
  func unsubscribe(_ connection: Connection) { hub.unsubscribeAll(connection) }

  func closed(_ connection: Connection) {
    if let network = networksByConnection.removeValue(forKey: connection.token) { networks.release(network) }
    guard let user = connection.user else { return }
    limiter.release(user.rowID)
    presence.closed(connection)
    hub.remove(connection)
  }
}

// MARK: From delivery, to presence

extension PushLoop: DeliveryDelegate {
  func wentLive(_ connection: Connection) { presence.opened(connection) }
  func joinedRoom(_ user: ConnectedUser) { presence.joinedRoom(user) }
}

extension ConnectionLimits {
  init(_ settings: Settings) {
    self.init(
      signInMilliseconds: settings.signInDeadlineSeconds * 1000, heartbeatMilliseconds: settings.heartbeatSeconds * 1000,
      sendBufferBytesMax: settings.sendBufferBytesMax, messageBytesMax: Chat.requestBytesMax)
  }
}
