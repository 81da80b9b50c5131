// A listening socket, and the connections that come through it.
import CLinux
import Glibc
package import Posix

package struct Listener: Sendable {
  /// Connections taken in one turn, so that a crowd at the door does not starve those inside.
  package static let acceptedPerTurnMax = 16

  package let descriptor: Int32

  /// Takes over a socket that is already listening; it stays open as long as the process.
  package init(listening socket: consuming FileDescriptor) {
    let number = socket.release()
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    descriptor = number
  }

  /// What came through the door.
  package enum ResumeSnapshot {
    case connection(Int32)
    case nobody
    /// The process or the machine is out of descriptors: waiting helps, trying at once does not.
    case outOfDescriptors
  }

  package func accept() -> ResumeSnapshot {
    while true {
      let socket = echochat_accept(descriptor)
      if socket >= 0 {
        // Chat frames are small and wanted at once: no waiting for more (Nagle). Refused by Unix sockets, which do not wait anyway.
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return .connection(socket)
      }
      switch errno {
      case EINTR, ECONNABORTED, EPROTO: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .outOfDescriptors
      default: return .nobody
      }
    }
  }
}
