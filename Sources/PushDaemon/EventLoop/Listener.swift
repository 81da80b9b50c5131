// A listening socket and the connections it accepts.
import CLinux
import Glibc
public import Posix

public struct Listener: Sendable {
  /// Connections accepted per iteration, so that a reconnect storm does not starve those that are open.
  public static let acceptsPerIterationMax = 16

  public let descriptor: Int32

  /// Takes over a socket that is already listening; it stays open as long as the process runs.
  public init(listening socket: consuming FileDescriptor) {
    let number = socket.release()
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    descriptor = number
  }

  /// Listens on a socket with a file, which its owner keeps.
  public init(_ socket: UnixSocket) {
    descriptor = socket.number
  }

  /// The result of accept(2).
  public enum AcceptResult {
    case connection(Int32)
    case wouldBlock
    /// The process or the machine is out of descriptors: retrying helps later, not at once.
    case outOfDescriptors
  }

  public func accept() -> AcceptResult {
    while true {
      let socket = echochat_accept(descriptor)
      if socket >= 0 {
        // Chat frames are small and wanted at once: no Nagle delay. Unix sockets refuse the option; they do not wait anyway.
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return .connection(socket)
      }
      switch errno {
      case EINTR, ECONNABORTED, EPROTO: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .outOfDescriptors
      default: return .wouldBlock
      }
    }
  }
}
