// The kernel's readiness list (epoll(7)).
import CLinux
import Glibc
import Posix

/// Level-triggered: what is not read now is reported again.
public struct Epoll: ~Copyable {
  public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let read = Interest(rawValue: EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
    public static let write = Interest(rawValue: EPOLLOUT.rawValue)
    /// For a listener: a connection wakes one of the loops that wait. (EPOLLEXCLUSIVE allows no EPOLLRDHUP beside it.)
    public static let accept = Interest(rawValue: EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue)
  }

  /// What a socket is ready for.
  public struct Readiness: Sendable {
    let bits: UInt32
    /// Bytes, an end of file or an error can be read.
    public var canRead: Bool { bits & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
    public var canWrite: Bool { bits & EPOLLOUT.rawValue != 0 }
    /// The connection is closed in both directions: nothing can be written any more.
    public var hasHungUp: Bool { bits & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
  }

  private static let eventsMax = 512

  private let descriptor: FileDescriptor
  private let events: UnsafeMutableBufferPointer<epoll_event>

  public init() throws {
    descriptor = FileDescriptor(owning: try check("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    events = .allocate(capacity: Self.eventsMax)
  }

  deinit {
    events.deallocate()
  }

  public func add(_ socket: Int32, _ interest: Interest, _ token: Token) throws {
    try control(EPOLL_CTL_ADD, socket, interest, token)
  }

  public func change(_ socket: Int32, _ interest: Interest, _ token: Token) throws {
    try control(EPOLL_CTL_MOD, socket, interest, token)
  }

  public func remove(_ socket: Int32) {
    _ = epoll_ctl(descriptor.number, EPOLL_CTL_DEL, socket, nil)
  }

  private func control(_ operation: Int32, _ socket: Int32, _ interest: Interest, _ token: Token) throws {
    var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token.bits))
    let number = descriptor.number
    try check("epoll_ctl") { epoll_ctl(number, operation, socket, &event) }
  }

  /// Waits at most `milliseconds` (-1: without limit) and returns how many sockets are ready; read them with `event`.
  public func wait(milliseconds: Int32) -> Int {
    max(0, Int(epoll_wait(descriptor.number, events.baseAddress, Int32(Self.eventsMax), milliseconds)))
  }

  /// One of the events of the latest wait.
  public func event(_ index: Int) -> (token: Token, readiness: Readiness) {
    (Token(bits: events[index].data.u64), Readiness(bits: events[index].events))
  }
}
