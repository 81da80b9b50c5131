// GET /readyz, asked through nginx as anybody would.
import Glibc
import Posix

/// One request and, when it comes, the status of its answer.
struct ReadyProbe: ~Copyable {
  private let socket: FileDescriptor

  init(port: UInt16) throws(Errno) {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let socket = FileDescriptor(owning: try check("socket") { Glibc.socket(AF_INET, type, 0) })
    let number = socket.number
    try SocketAddress.ipv4(host: "127.0.0.1", port: port).withSockaddr { (address, length) throws(Errno) in
      _ = try check("connect") { connect(number, address, length) }
    }
    let request = Array("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n".utf8)
    try check("send") { send(number, request, request.count, Int32(MSG_NOSIGNAL)) }
    self.socket = socket
  }

  /// The status of the answer; nil if it has not come yet, 0 if there will be none.
  func status(withinMilliseconds: Int32) -> Int? {
    var waiting = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, withinMilliseconds) > 0 else { return nil }
    // "HTTP/1.1 200"
    var head = [UInt8](repeating: 0, count: 12)
    let count = recv(socket.number, &head, head.count, 0)
    return Int(String(decoding: head.prefix(max(count, 0)).suffix(3), as: UTF8.self)) ?? 0
  }
}
