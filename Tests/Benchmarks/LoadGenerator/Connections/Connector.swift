// Opens TCP connections to the server.
import Glibc
import Posix

enum Connector {
  /// Connections opened at the same time. Beyond the server's backlog the kernel drops SYNs, and a retry takes a second.
  static let openingMax = 64

  /// Connects (blocking: on loopback the kernel accepts at once), and returns the socket in non-blocking mode.
  static func connect(to address: SocketAddress) throws(Errno) -> Int32 {
    let number = try check("socket") { socket(address.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0) }
    try address.withSockaddr { (pointer, length) throws(Errno) in
      _ = try check("connect \(address)") { Glibc.connect(number, pointer, length) }
    }
    var yes: Int32 = 1
    setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    return number
  }
}
