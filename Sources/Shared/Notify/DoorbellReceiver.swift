// Receives rings of the doorbell: the daemon's end of the notification channel.
import Glibc
import Posix

/// A datagram socket on which other programs ring. Binds again when its socket file was removed or replaced.
public final class DoorbellReceiver {
  private let path: String
  private var socket: FileDescriptor
  private var inode: UInt64 = 0
  private var lastError: Errno?

  public init(path: String) throws {
    self.path = path
    socket = try Self.open(path)
    inode = Self.inode(of: path)
  }

  /// Waits for a ring, for at most `milliseconds`, and takes all rings that are queued: many count as one.
  public func wait(milliseconds: Int32) {
    var ready = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else {
      rebind()
      return
    }
    var byte: UInt8 = 0
    // Bounded, so that a flood of rings cannot keep the daemon from reading the journal.
    for _ in 0..<1024 where recv(socket.number, &byte, 1, 0) < 0 { break }
  }

  /// Binds again if the path no longer leads to this socket. Called only when no ring came, since rings may be getting lost.
  private func rebind() {
    let found = Self.inode(of: path)
    guard found == 0 || found != inode else { return }
    do throws(Errno) {
      socket = try Self.open(path)
      inode = Self.inode(of: path)
      lastError = nil
      Log.warning("the doorbell's socket was removed or replaced; bound again: \(path)")
    } catch {
      // Until it can be bound, the journal is read on the timer alone; each kind of error is logged once.
      if lastError != error { Log.error("the doorbell cannot be bound again: \(error)") }
      lastError = error
    }
  }

  private static func open(_ path: String) throws(Errno) -> FileDescriptor {
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let socket = FileDescriptor(owning: try check("socket") { Glibc.socket(AF_UNIX, type, 0) })
    try bindReplacingStale(socket, to: .unix(path: path))
    return socket
  }

  private static func inode(of path: String) -> UInt64 {
    var status = stat()
    return lstat(path, &status) == 0 ? UInt64(status.st_ino) : 0
  }
}
