// Wires everything: the only place that knows all the parts.
import Chat
import EventLoop
import Glibc
import Notify
import Posix
import Store
import Wire

enum Daemon {
  /// Runs until SIGTERM or SIGINT. Answers the exit code: 78 (EX_CONFIG) for settings that make no sense, 1 for a machine that fails us.
  static func main(arguments words: [String]) -> Int32 {
    do throws(any Error) {
      let arguments = try Arguments(words)
      if arguments.wantsVersion {
        print("echochat-push \(Version.text)")
        return 0
      }
      if arguments.wantsCommands {
        for word in CommandWord.allCases { print(word.rawValue) }
        return 0
      }
      try run(arguments, try Settings.fromEnvironment())
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
    let mailboxes = try (0..<(arguments.loops ?? settings.loops)).map { _ in try Mailbox<Letter>() }
    let desk = try NewsDesk(mailboxes: mailboxes, doorbellPath: settings.doorbellPath)
    let chat = try Chat(settings: settings, afterwards: desk.afterwards)
    let shared = Shared(chat: chat, mailboxes: mailboxes, errands: Errands(threads: 1))
    let listeners = try openListeners(arguments, settings)

    let courier = try Courier(chat: chat, doorbellPath: settings.doorbellPath, desk: desk)
    let crier = try Crier(chat: chat, register: shared.presence, mailboxes: mailboxes)
    let checkpointer = try Checkpointer(path: settings.databasePath)
    let sweeper = Sweeper(chat: chat)
    let indexer = Indexer(chat: chat)
    let loops = mailboxes.indices.map { index in
      Thread(name: "loop-\(index)") { PushLoop.run(index: index, shared: shared, listeners: listeners, startingAt: courier.startPosition) }
    }
    Log.info("ready")

    Signals.waitForTermination()
    Log.info("stopping")
    // No new people and no new words; what was handed in is committed and answered; then the lines are closed, with the advice to come back.
    for mailbox in mailboxes { mailbox.post(.drain) }
    crier.stop()
    chat.stop()
    courier.stop()
    for mailbox in mailboxes { mailbox.post(.close) }
    for loop in loops { loop.join() }
    sweeper.stop()
    indexer.stop()
    checkpointer.stop()
  }

  private static func openListeners(_ arguments: Arguments, _ settings: Settings) throws -> [Listener] {
    var listeners = arguments.listenDescriptors.map { Listener(listening: FileDescriptor(owning: $0)) }
    var addresses = arguments.listen
    if let extra = settings.pushListen {
      guard let address = SocketAddress(extra) else {
        throw Arguments.Invalid(description: "ECHOCHAT_PUSH_LISTEN=\(extra): wanted an address such as 127.0.0.1:8090")
      }
      addresses.append(address)
    }
    if listeners.isEmpty && arguments.listen.isEmpty { addresses.append(.unix(path: settings.pushSocketPath)) }
    for address in addresses {
      let socket = try listeningSocket(at: address, nonblocking: true)
      Log.info("listening on \(boundAddress(of: socket.number) ?? address)")
      listeners.append(Listener(listening: socket))
    }
    return listeners
  }

  /// Every subscriber is a descriptor: take as many as the operator allows.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}

/// What all loops have in common; every part of it may be used from any thread.
struct Shared: Sendable {
  let chat: Chat
  let mailboxes: [Mailbox<Letter>]
  let errands: Errands
  let origins: OriginPolicy
  let census = Census()
  let presence = PresenceRegister()

  init(chat: Chat, mailboxes: [Mailbox<Letter>], errands: Errands) {
    self.chat = chat
    self.mailboxes = mailboxes
    self.errands = errands
    origins = OriginPolicy(publicURL: chat.settings.publicURL, origins: chat.settings.origins)
  }
}
