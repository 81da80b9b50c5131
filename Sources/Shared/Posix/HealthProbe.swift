// Asks an HTTP server whether it is healthy.
import Glibc

/// A GET request that is sent, and the status of its response when it arrives.
public struct HealthProbe: ~Copyable {
  private let socket: FileDescriptor

  /// Connects and sends the request; blocks for at most `timeoutMilliseconds` in each of these, and in reading a response later.
  public init(_ path: String, at address: SocketAddress, timeoutMilliseconds: Int = 1000) throws(Errno) {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let socket = FileDescriptor(owning: try check("socket") { Glibc.socket(address.family, type, 0) })
    let number = socket.number
    var limit = timeval(tv_sec: timeoutMilliseconds / 1000, tv_usec: timeoutMilliseconds % 1000 * 1000)
    for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
      try check("setsockopt") { setsockopt(number, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size)) }
    }
    try address.withSockaddr { (pointer, length) throws(Errno) in
      _ = try check("connect \(address)") { connect(number, pointer, length) }
    }
    let host = if case .ipv4(let host, let port) = address { "\(host):\(port)" } else { "localhost" }
    let request = Array("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8)
    try check("send \(address)") { send(number, request, request.count, Int32(MSG_NOSIGNAL)) }
    self.socket = socket
  }

  /// The status of the response; nil if nothing has arrived yet, 0 if there will be none. Call until it is not nil.
  public func status(withinMilliseconds milliseconds: Int32) -> Int? {
    var waiting = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, milliseconds) > 0 else { return nil }
    // "HTTP/1.1 200"
    var head = [UInt8](repeating: 0, count: 12)
    let count = recv(socket.number, &head, head.count, Int32(MSG_WAITALL))
    guard count == head.count, head.starts(with: "HTTP/1.1 ".utf8) else { return 0 }
    return Int(String(decoding: head.suffix(3), as: UTF8.self)) ?? 0
  }

  /// Whether the server answers a GET of `path` with 200, each step within a second. Blocks.
  public static func succeeds(_ path: String, at address: SocketAddress) -> Bool {
    do throws(Errno) {
      return try HealthProbe(path, at: address).status(withinMilliseconds: 1000) == 200
    } catch {
      return false
    }
  }
}
