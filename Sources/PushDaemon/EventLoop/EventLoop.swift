// An epoll event loop: sockets, messages from other threads, timer ticks.
import Posix

/// What a loop calls, always on its own thread.
public protocol EventHandler: AnyObject {
  associatedtype Message: Sendable

  func accepted(_ socket: Int32)
  func ready(_ token: Token, _ readiness: Epoll.Readiness)
  func handle(_ messages: [Message])
  /// Everything that one wait reported has been handled: the time to write.
  func iterationEnded()
  /// Called every `EventLoop.tickMilliseconds`, with the monotonic clock's milliseconds.
  func tick(_ now: Int64)
  /// Work is left for the next iteration: the loop polls its sockets without waiting.
  var hasWork: Bool { get }
  /// True ends the loop.
  var isFinished: Bool { get }
}

extension EventHandler {
  public var hasWork: Bool { false }
}

/// Waits for sockets, messages and time, and passes them to its handler. Make it inside its thread's closure: only the mailbox is shared
/// with other threads.
public final class EventLoop<Message: Sendable> {
  public static var tickMilliseconds: Int64 { 250 }

  // Tokens that no slab gives out: slots from the top.
  private static var mailboxToken: Token { Token(slot: .max, generation: 0) }
  private static var listenerSlotMin: UInt32 { .max - 1000 }

  private let epoll: Epoll
  private let mailbox: Mailbox<Message>
  private var listeners: [Listener] = []
  private var areListenersPaused = false
  private var time: Int64 = 0

  public init(mailbox: Mailbox<Message>) throws {
    epoll = try Epoll()
    self.mailbox = mailbox
    try epoll.add(mailbox.descriptor, .read, Self.mailboxToken)
  }

  public func listen(_ listener: Listener) throws {
    try epoll.add(listener.descriptor, .accept, listenerToken(listeners.count))
    listeners.append(listener)
  }

  /// Accepts no more connections; new ones wait in the kernel's queue for the next process that listens.
  public func stopListening() {
    if !areListenersPaused { for listener in listeners { epoll.remove(listener.descriptor) } }
    listeners = []
  }

  /// Watches all listeners anew, after another socket has taken over the number of one.
  public func listenAgain() {
    pauseListening()
    resumeListening()
  }

  public func add(_ socket: Int32, _ interest: Epoll.Interest, _ token: Token) throws {
    try epoll.add(socket, interest, token)
  }

  public func change(_ socket: Int32, _ interest: Epoll.Interest, _ token: Token) throws {
    try epoll.change(socket, interest, token)
  }

  public func remove(_ socket: Int32) {
    epoll.remove(socket)
  }

  /// Runs until the handler is finished.
  public func run<Handler: EventHandler>(_ handler: Handler) where Handler.Message == Message {
    readClock()
    var nextTick = time + Self.tickMilliseconds
    while !handler.isFinished {
      var hasMessages = false
      let count = epoll.wait(milliseconds: handler.hasWork ? 0 : Int32(clamping: max(0, nextTick - time)))
      readClock()
      for index in 0..<count {
        let (token, readiness) = epoll.event(index)
        if token == Self.mailboxToken {
          hasMessages = true
        } else if token.slot >= Self.listenerSlotMin {
          acceptConnections(from: Int(UInt32.max - 1 - token.slot), handler)
        } else {
          handler.ready(token, readiness)
        }
      }
      if hasMessages { handler.handle(mailbox.drain()) }
      if time >= nextTick {
        nextTick = time + Self.tickMilliseconds
        resumeListening()
        handler.tick(time)
      }
      handler.iterationEnded()
      readClock()
    }
  }

  /// The monotonic clock's milliseconds at the start of this iteration: reading the clock for every frame would cost more than some frames do.
  public func now() -> Int64 { time }

  private func readClock() {
    time = Clock.monotonicNanoseconds() / 1_000_000
  }

  private func acceptConnections<Handler: EventHandler>(from index: Int, _ handler: Handler) {
    guard listeners.indices.contains(index) else { return }
    for _ in 0..<Listener.acceptsPerIterationMax {
      switch listeners[index].accept() {
      case .connection(let socket): handler.accepted(socket)
      case .wouldBlock: return
      case .outOfDescriptors:
        // The listener would be reported ready without end: stop watching it until the next tick.
        pauseListening()
        return
      }
    }
  }

  private func pauseListening() {
    guard !areListenersPaused else { return }
    areListenersPaused = true
    for listener in listeners { epoll.remove(listener.descriptor) }
  }

  private func resumeListening() {
    guard areListenersPaused else { return }
    areListenersPaused = false
    for (index, listener) in listeners.enumerated() { try? epoll.add(listener.descriptor, .accept, listenerToken(index)) }
  }

  private func listenerToken(_ index: Int) -> Token {
    Token(slot: .max - 1 - UInt32(index), generation: 0)
  }
}

/// The part of a loop that watches sockets and provides the time: all that the owner of a connection needs of it.
public protocol SocketRegistry: AnyObject {
  func add(_ socket: Int32, _ interest: Epoll.Interest, _ token: Token) throws
  func change(_ socket: Int32, _ interest: Epoll.Interest, _ token: Token) throws
  func remove(_ socket: Int32)
  /// Milliseconds of the monotonic clock.
  func now() -> Int64
}

extension EventLoop: SocketRegistry {}
