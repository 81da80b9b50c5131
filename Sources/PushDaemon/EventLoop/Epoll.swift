// The kernel's readiness list (epoll(7)).
import CLinux
import Glibc
import Posix

/// Level-triggered: what is not read now is reported again.
package struct Epoll: ~Copyable {
  package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let read = Interest(rawValue: EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
    package static let write = Interest(rawValue: EPOLLOUT.rawValue)
    /// For a listener: a connection wakes one of the loops that wait. (EPOLLEXCLUSIVE allows no EPOLLRDHUP beside it.)
    package static let accept = Interest(rawValue: EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue)
  }

  /// What a socket is ready for.
  package struct Readiness: Sendable {
    let bits: UInt32
    /// Bytes, an end of file or an error can be read.
    package var canRead: Bool { bits & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
    package var canWrite: Bool { bits & EPOLLOUT.rawValue != 0 }
    /// The connection is closed in both directions: nothing can be written any more.
    package var hasHungUp: Bool { bits & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
  }

  private static let eventsMax = 512

  private let descriptor: FileDescriptor
  private let events: UnsafeMutableBufferPointer<epoll_event>

  package init() throws {
    descriptor = FileDescriptor(owning: try check("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    events = .allocate(capacity: Self.eventsMax)
  }

  deinit {
    events.deallocate()
  }

  package func add(_ socket: Int32, _ interest: Interest, _ token: Token) throws {
    try control(EPOLL_CTL_ADD, socket, interest, token)
  }

  package func change(_ socket: Int32, _ interest: Interest, _ token: Token) throws {
    try control(EPOLL_CTL_MOD, socket, interest, token)
  }

  package func remove(_ socket: Int32) {
    _ = epoll_ctl(descriptor.number, EPOLL_CTL_DEL, socket, nil)
  }

  private func control(_ operation: Int32, _ socket: Int32, _ interest: Interest, _ token: Token) throws {
    var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token.bits))
    let number = descriptor.number
    try check("epoll_ctl") { epoll_ctl(number, operation, socket, &event) }
  }

  /// Waits at most `milliseconds` (-1: without limit) and returns how many sockets are ready; read them with `event`.
  package func wait(milliseconds: Int32) -> Int {
    max(0, Int(epoll_wait(descriptor.number, events.baseAddress, Int32(Self.eventsMax), milliseconds)))
  }

  /// One of the events of the latest wait.
  package func event(_ index: Int) -> (token: Token, readiness: Readiness) {
    (Token(bits: events[index].data.u64), Readiness(bits: events[index].events))
  }
}
