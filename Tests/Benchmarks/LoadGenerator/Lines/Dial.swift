// Opening a TCP connection to the server.
import Glibc
import Posix

enum Dial {
  /// Connections whose opening is under way at one time: beyond the server's backlog the kernel would drop knocks and wait a second.
  static let openingMax = 64

  /// A connected socket that does not block. The kernel answers for a listener on this machine at once, so connecting may.
  static func open(_ address: SocketAddress) throws(Errno) -> Int32 {
    let number = try check("socket") { socket(address.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0) }
    try address.withSockaddr { (pointer, length) throws(Errno) in _ = try check("connect \(address)") { connect(number, pointer, length) } }
    var yes: Int32 = 1
    setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    return number
  }
}
