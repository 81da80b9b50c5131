// One thread's endless question: who is ready?
import Posix

/// What a loop calls, always on its own thread.
package protocol EventHandler: AnyObject {
  associatedtype Message: Sendable

  func accepted(_ socket: Int32)
  func ready(_ token: Token, _ readiness: Epoll.Readiness)
  func received(_ messages: [Message])
  /// All that one waiting brought has been handled: the time to write.
  func iterationEnded()
  /// Comes every `EventLoop.tickMilliseconds`, with the monotonic clock's milliseconds.
  func ticked(_ now: Int64)
  /// Something waits for the next turn: the loop looks at its sockets, but does not wait for them.
  var hasWork: Bool { get }
  /// True ends the loop.
  var isFinished: Bool { get }
}

extension EventHandler {
  package var hasWork: Bool { false }
}

/// Waits for sockets, messages and time, and hands them to its handler. Make it inside its thread's closure: nothing of it is ever shared
/// but the mailbox.
package final class EventLoop<Message: Sendable> {
  package static var tickMilliseconds: Int64 { 250 }

  // Tokens that no slab gives out: slots from the top.
  private static var mailboxToken: Token { Token(slot: .max, generation: 0) }
  private static var listenerSlotMin: UInt32 { .max - 1000 }

  private let epoll: Epoll
  private let mailbox: Mailbox<Message>
  private var listeners: [Listener] = []
  private var areListenersPaused = false
  private var time: Int64 = 0

  package init(mailbox: Mailbox<Message>) throws {
    epoll = try Epoll()
    self.mailbox = mailbox
    try epoll.add(mailbox.descriptor, .read, Self.mailboxToken)
  }

  package func listen(_ listener: Listener) throws {
    try epoll.add(listener.descriptor, .accept, listenerToken(listeners.count))
    listeners.append(listener)
  }

  /// Takes in nobody any more; those who knock wait in the kernel's queue, for whoever listens next.
  package func stopListening() {
    if !areListenersPaused { for listener in listeners { epoll.remove(listener.descriptor) } }
    listeners = []
  }

  package func add(_ socket: Int32, _ interest: Epoll.Interest, _ token: Token) throws {
    try epoll.add(socket, interest, token)
  }

  package func change(_ socket: Int32, _ interest: Epoll.Interest, _ token: Token) throws {
    try epoll.change(socket, interest, token)
  }

  package func remove(_ socket: Int32) {
    epoll.remove(socket)
  }

  /// Runs until the handler is finished.
  package func run<Handler: EventHandler>(_ handler: Handler) where Handler.Message == Message {
    readClock()
    var nextTick = time + Self.tickMilliseconds
    while !handler.isFinished {
      var hasMail = false
      let count = epoll.wait(milliseconds: handler.hasWork ? 0 : Int32(clamping: max(0, nextTick - time)))
      readClock()
      for index in 0..<count {
        let (token, readiness) = epoll.event(index)
        if token == Self.mailboxToken {
          hasMail = true
        } else if token.slot >= Self.listenerSlotMin {
          welcome(at: Int(UInt32.max - 1 - token.slot), handler)
        } else {
          handler.ready(token, readiness)
        }
      }
      if hasMail { handler.received(mailbox.drain()) }
      if time >= nextTick {
        nextTick = time + Self.tickMilliseconds
        resumeListening()
        handler.ticked(time)
      }
      handler.iterationEnded()
      readClock()
    }
  }

  /// The monotonic clock's milliseconds when the present turn began: asking the clock for every frame would cost more than some frames do.
  package func now() -> Int64 { time }

  private func readClock() {
    time = Clock.monotonicNanoseconds() / 1_000_000
  }

  private func welcome<Handler: EventHandler>(at index: Int, _ handler: Handler) {
    guard listeners.indices.contains(index) else { return }
    for _ in 0..<Listener.acceptedPerTurnMax {
      switch listeners[index].accept() {
      case .connection(let socket): handler.accepted(socket)
      case .nobody: return
      case .outOfDescriptors:
        // The listener would be reported ready without end: look away until the next tick.
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
