// A Unix socket with its file, which is never taken from a living owner and comes back when it is deleted.
import Glibc

/// A socket bound to a path. Its descriptor's number stays the same for life.
///
/// A listening socket has a second name, `path~`, a hard link: a path that is deleted is linked again and leads to the same socket, so no
/// connection notices. When both names are gone, a new socket is bound and takes over the descriptor's number.
public final class UnixSocket: Sendable {
  public enum Kind: Sendable {
    case stream(isNonblocking: Bool)
    case datagram
  }

  /// What `restore` found and did.
  public enum Restoration: Sendable {
    case unchanged
    /// The path leads to the socket again.
    case linked
    /// There is another socket under the number: programs that inherited the old one, and event loops that watch it, must turn to it.
    case rebound
  }

  private static let backlog: Int32 = 4096

  public let path: String
  public var number: Int32 { descriptor.number }
  private let kind: Kind
  private let descriptor: FileDescriptor
  private let file: Lock<FileIdentity?>
  private var spare: String { path + "~" }

  /// Binds a socket and listens, unless it is a datagram socket. Throws `Errno`, EADDRINUSE if somebody answers at the path.
  public init(path: String, _ kind: Kind) throws(Errno) {
    self.path = path
    self.kind = kind
    descriptor = try Self.open(kind)
    file = Lock(nil)
    try taking { () throws(Errno) in
      let bound = try bind(descriptor.number)
      file.withLock { $0 = bound }
    }
  }

  /// Whether the path leads to this socket.
  public var isInPlace: Bool { file.withLock { $0 }?.isAt(path) ?? false }

  /// Makes the path lead to this socket again if it was deleted or replaced. Throws `Errno`, EADDRINUSE while somebody else answers there.
  public func restore() throws(Errno) -> Restoration {
    if isInPlace {
      keepSpare()
      return .unchanged
    }
    try makeDirectories([(parentDirectory(of: path), 0o750)])
    var restoration = Restoration.linked
    try taking { () throws(Errno) in
      if file.withLock({ $0 })?.isAt(spare) ?? false { return try place() }
      restoration = .rebound
      try replace()
    }
    return restoration
  }

  /// Binds a new socket at the path and takes it under this number. Connections that wait at the old one stay with those who inherited it.
  public func rebind() throws(Errno) { try taking { () throws(Errno) in try replace() } }

  /// Deletes the file, if it is this socket's.
  public func remove() {
    guard let file = file.withLock({ $0 }) else { return }
    for name in [path, spare] where file.isAt(name) { unlink(name) }
  }

  /// Whether a process answers at a path. A socket that nobody has open does not.
  public static func isAnswered(_ path: String, _ kind: Kind) -> Bool {
    guard let probe = try? open(kind) else { return true }
    let number = probe.number
    do throws(Errno) {
      try SocketAddress.unix(path: path).withSockaddr { (pointer, length) throws(Errno) in
        _ = try check("connect") { connect(number, pointer, length) }
      }
      return true
    } catch {
      // A full queue has an owner, and so has a socket of another type.
      return error.code == EAGAIN || error.code == EPROTOTYPE
    }
  }

  // MARK: Binding

  private static func open(_ kind: Kind) throws(Errno) -> FileDescriptor {
    var type = Int32(SOCK_CLOEXEC.rawValue)
    switch kind {
    case .stream(let isNonblocking): type |= Int32(SOCK_STREAM.rawValue) | (isNonblocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
    case .datagram: type |= Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    }
    return FileDescriptor(owning: try check("socket") { Glibc.socket(AF_UNIX, type, 0) })
  }

  /// Runs `body` with the directory locked, so that of two programs that find nobody at the path only one takes it.
  private func taking(_ body: () throws(Errno) -> Void) throws(Errno) {
    let directory = parentDirectory(of: path)
    let lock = FileDescriptor(owning: try check("open \(directory)") { Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    let number = lock.number
    try check("lock \(directory)") { flock(number, LOCK_EX) }
    for name in [path, spare] where file.withLock({ $0 })?.isAt(name) != true && Self.isAnswered(name, kind) {
      throw Errno("another process answers at \(name)", code: EADDRINUSE)
    }
    try body()
  }

  private func replace() throws(Errno) {
    let new = try Self.open(kind)
    let bound = try bind(new.number)
    let (number, target) = (new.number, descriptor.number)
    try check("dup2") { dup2(number, target) }
    _ = fcntl(target, F_SETFD, FD_CLOEXEC)
    file.withLock { $0 = bound }
  }

  /// Binds under the second name and moves to the path, so that it is never missing, never open to others, and never refuses.
  private func bind(_ number: Int32) throws(Errno) -> FileIdentity? {
    unlink(spare)
    try SocketAddress.unix(path: spare).withSockaddr { (pointer, length) throws(Errno) in
      _ = try check("bind \(path)") { Glibc.bind(number, pointer, length) }
    }
    try check("chmod \(spare)") { chmod(spare, 0o660) }
    if case .stream = kind { try check("listen \(path)") { listen(number, Self.backlog) } }
    let bound = FileIdentity(of: spare)
    try place()
    return bound
  }

  /// Makes the path a name of the file that the second name leads to.
  private func place() throws(Errno) {
    guard case .stream = kind else {
      try check("rename \(path)") { rename(spare, path) }
      return
    }
    let new = spare + "~"
    unlink(new)
    try check("link \(path)") { link(spare, new) }
    try check("rename \(path)") { rename(new, path) }
  }

  private func keepSpare() {
    guard case .stream = kind, !(file.withLock { $0 }?.isAt(spare) ?? false) else { return }
    unlink(spare)
    link(path, spare)
  }
}
