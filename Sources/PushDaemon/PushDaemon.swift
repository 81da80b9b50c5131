// Wires everything: the only file that knows all the parts.
import Chat
import Configuration
import EventLoop
import Glibc
import Notify
import Posix

enum PushDaemon {
  /// Runs until SIGTERM or SIGINT. Returns the exit code: 64 (EX_USAGE) for bad arguments, 78 (EX_CONFIG) for bad settings, 1 for a system
  /// error.
  static func main(arguments words: [String]) -> Int32 {
    do throws(any Error) {
      let arguments = try Arguments(words)
      if arguments.wantsVersion {
        print("echochat-push \(Version.text)")
        return 0
      }
      if !arguments.tables.isEmpty {
        for word in arguments.tables.flatMap(\.words) { print(word) }
        return 0
      }
      try run(arguments, try ProgramStart.makeDirectories(for: .push))
      return 0
    } catch let error as Arguments.Invalid {
      Log.error(error.description)
      return 64
    } catch let error as Settings.Invalid {
      Log.error(error.description)
      return 78
    } catch {
      Log.error("cannot start: \(error)")
      return 1
    }
  }

  private static func run(_ arguments: Arguments, _ settings: Settings) throws {
    Memory.setUp()
    raiseDescriptorLimit()
    let mailboxes = try (0..<(arguments.loops ?? settings.loops)).map { _ in try Mailbox<LoopMessage>() }
    let metrics = Metrics(program: "push")
    metrics.addProcess(version: Version.text)
    let daemonMetrics = DaemonMetrics(metrics)
    let broadcaster = try broadcaster(to: mailboxes, settings, daemonMetrics)
    let chat = try Chat(settings: settings, as: .push, metrics: metrics, onCommit: broadcaster.onCommit)
    chat.addReadiness(to: metrics)
    let services = DaemonServices(
      chat: chat, mailboxes: mailboxes,
      threadPool: BlockingThreadPool(name: "lookup", threads: 1, queueMax: DaemonServices.lookupsMax),
      metrics: daemonMetrics)
    let (listeners, sockets) = try openListeners(arguments, settings)

    let journalPoller = try JournalPoller(chat: chat, doorbellPath: settings.doorbellPath, broadcaster: broadcaster)
    let presencePublisher = try PresencePublisher(store: chat, tracker: services.presence, loops: mailboxes.count) { update in
      for mailbox in mailboxes { mailbox.send(.presence(update)) }
    }
    // Lookup, presence, search index, and one to spare.
    try chat.startHealthChecks(readers: 4)
    try chat.startCheckpointing()
    let watch = DataDirectoryWatch(chat, sockets: sockets) { for mailbox in mailboxes { mailbox.send(.listenAgain) } }
    let retentionJob = RetentionJob(chat: chat, metrics: daemonMetrics)
    let searchIndexJob = SearchIndexJob(chat: chat)
    let metricsLog = MetricsLog(metrics)
    let loops = mailboxes.indices.map { index in
      Thread(name: "loop-\(index)") {
        PushLoop.run(index: index, services: services, listeners: listeners, startingAt: journalPoller.startPosition)
      }
    }
    Log.info("ready")
    let notifier = ServiceNotifier.start(status: { chat.serviceStatus }) {
      services.ticks.areRecent(at: Clock.monotonicNanoseconds() / 1_000_000)
    }

    Signals.waitForTermination()
    notifier?.stop()
    Log.info("stopping")
    // No new connections and commands; what was submitted is committed and answered; then the connections are closed with 1012, so that the
    // clients come back.
    for mailbox in mailboxes { mailbox.send(.drain) }
    presencePublisher.stop()
    chat.stop()
    chat.stopHealthChecks()
    journalPoller.stop()
    for mailbox in mailboxes { mailbox.send(.close) }
    for loop in loops { loop.join() }
    retentionJob.stop()
    searchIndexJob.stop()
    chat.stopCheckpointing()
    watch.stop()
    chat.close()
    metricsLog?.stop()
  }

  private static func broadcaster(
    to mailboxes: [Mailbox<LoopMessage>], _ settings: Settings, _ metrics: DaemonMetrics
  ) throws -> EventBroadcaster {
    let broadcaster = try EventBroadcaster(
      loops: EventBroadcaster.Loops(
        enqueue: { batch in for mailbox in mailboxes { mailbox.enqueue(.events(batch)) } },
        wake: { for mailbox in mailboxes { mailbox.wake() } }),
      doorbellPath: settings.doorbellPath, metrics: metrics)
    metrics.all.reading(.gauge, "echochat_published_position", "Position of the newest event that connections were given.") {
      Int(broadcaster.publishedThrough)
    }
    return broadcaster
  }

  /// The sockets that were passed, and those that are opened here; of the latter, Unix sockets are to be kept in their places.
  private static func openListeners(_ arguments: Arguments, _ settings: Settings) throws -> ([Listener], [UnixSocket]) {
    var sockets: [UnixSocket] = []
    // Those of the command line, or of systemd.
    let passed = arguments.listenDescriptors.isEmpty ? ServiceManager.passedSockets() : arguments.listenDescriptors
    var listeners = passed.map { Listener(listening: FileDescriptor(owning: $0)) }
    var addresses = arguments.listen
    if let extra = settings.pushListen {
      guard let address = SocketAddress(extra) else {
        throw Arguments.Invalid(description: "ECHOCHAT_PUSH_LISTEN=\(extra): expected an address such as 127.0.0.1:8090")
      }
      addresses.append(address)
    }
    if listeners.isEmpty && arguments.listen.isEmpty { addresses.append(.unix(path: settings.pushSocketPath)) }
    for address in addresses {
      if case .unix(let path) = address {
        let socket = try UnixSocket(path: path, .stream(isNonblocking: true))
        Log.info("listening on \(address)")
        sockets.append(socket)
        listeners.append(Listener(socket))
        continue
      }
      let socket = try listeningSocket(at: address, nonblocking: true)
      Log.info("listening on \(boundAddress(of: socket.number) ?? address)")
      listeners.append(Listener(listening: socket))
    }
    return (listeners, sockets)
  }

  /// Every connection is a descriptor: takes as many as the operator allows.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
