// Checks whether the push daemon is alive.
import Glibc
import Posix

enum DaemonProbe {
  private static let timeoutSeconds = 1

  /// Whether the daemon answers `/ws/healthz` with 200, each step within a second. Blocks.
  static func answers(at path: String) -> Bool {
    (try? statusLine(at: path))?.starts(with: "HTTP/1.1 200".utf8) ?? false
  }

  private static func statusLine(at path: String) throws(Errno) -> [UInt8] {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let socket = FileDescriptor(owning: try check("socket") { Glibc.socket(AF_UNIX, type, 0) })
    let number = socket.number
    var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
    for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
      try check("setsockopt") { setsockopt(number, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size)) }
    }
    try SocketAddress.unix(path: path).withSockaddr { (pointer, length) throws(Errno) in
      _ = try check("connect \(path)") { connect(number, pointer, length) }
    }
    let request = Array("GET /ws/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
    try check("send \(path)") { send(number, request, request.count, Int32(MSG_NOSIGNAL)) }

    var response = [UInt8](repeating: 0, count: 64)
    var filled = 0
    while filled < 12 {
      let count = response.withUnsafeMutableBytes { recv(number, $0.baseAddress?.advanced(by: filled), $0.count - filled, 0) }
      guard count > 0 else { throw Errno("recv \(path)") }
      filled += count
    }
    return response
  }
}
