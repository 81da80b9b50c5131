// The daemon's end of the notification channel.
import Glibc
import Posix

/// A datagram socket that others ring. It mends itself: when somebody removes or replaces the socket file, it is put back.
package final class DoorbellReceiver {
  private let path: String
  private var socket: FileDescriptor
  private var inode: UInt64 = 0
  private var obstacle: Errno?

  package init(path: String) throws {
    self.path = path
    socket = try Self.open(path)
    inode = Self.inode(of: path)
  }

  /// Waits for a ring, at most `milliseconds`; takes all rings that have gathered, so that a flood of them is one.
  package func wait(milliseconds: Int32) {
    var ready = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else {
      mend()
      return
    }
    var byte: UInt8 = 0
    // Bounded: whoever floods the bell must not keep its owner from reading the journal.
    for _ in 0..<1024 where recv(socket.number, &byte, 1, 0) < 0 { break }
  }

  /// Binds anew if the path no longer leads to this socket. Asked only in quiet moments, when rings may be getting lost.
  private func mend() {
    let found = Self.inode(of: path)
    guard found == 0 || found != inode else { return }
    do throws(Errno) {
      socket = try Self.open(path)
      inode = Self.inode(of: path)
      obstacle = nil
      Log.warning("the doorbell's socket had been taken away and is back: \(path)")
    } catch {
      // Until it can be put back, the tick goes on without a bell; the operator is told once of each obstacle.
      if obstacle != error { Log.error("the doorbell cannot be put back: \(error)") }
      obstacle = error
    }
  }

  private static func open(_ path: String) throws(Errno) -> FileDescriptor {
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let socket = FileDescriptor(owning: try check("socket") { Glibc.socket(AF_UNIX, type, 0) })
    try bindReplacingStale(socket, to: .unix(path: path))
    return socket
  }

  private static func inode(of path: String) -> UInt64 {
    var facts = stat()
    return lstat(path, &facts) == 0 ? UInt64(facts.st_ino) : 0
  }
}
