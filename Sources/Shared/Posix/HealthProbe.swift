// Asks a server on a stream socket whether it is healthy.
import Glibc

/// A request that is sent, and the beginning of its response when it arrives.
public struct HealthProbe: ~Copyable {
  private let socket: FileDescriptor

  /// Connects and sends a GET of `path`; see below.
  public init(_ path: String, at address: SocketAddress, timeoutMilliseconds: Int = 1000) throws(Errno) {
    let host = address.family == AF_UNIX ? "localhost" : address.description
    let request = Array("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8)
    try self.init(sending: request, to: address, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Connects and sends the request; blocks for at most `timeoutMilliseconds` in each of these, and in reading a response later.
  public init(sending request: [UInt8], to address: SocketAddress, timeoutMilliseconds: Int = 1000) throws(Errno) {
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

  /// Whether any byte of a response has arrived; nil if nothing has happened yet, false if the server has closed the connection. Call until
  /// it is not nil.
  public func hasAnswered(withinMilliseconds milliseconds: Int32) -> Bool? {
    var waiting = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, milliseconds) > 0 else { return nil }
    var byte: UInt8 = 0
    return recv(socket.number, &byte, 1, 0) == 1
  }

  /// Everything that the server sends until it closes the connection; nil if it does not do so within `milliseconds`, or sends more than
  /// `bytesMax`. Blocks.
  public func response(withinMilliseconds milliseconds: Int, bytesMax: Int) -> [UInt8]? {
    let deadline = Clock.bootMilliseconds() + Int64(milliseconds)
    var response: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16_384)
    while true {
      var waiting = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
      let left = deadline - Clock.bootMilliseconds()
      guard left > 0, poll(&waiting, 1, Int32(left)) > 0 else { return nil }
      let count = recv(socket.number, &piece, piece.count, 0)
      guard count >= 0 else { return nil }
      if count == 0 { return response }
      response += piece[..<count]
      guard response.count <= bytesMax else { return nil }
    }
  }

  /// The body of the server's answer to a GET of `path`, if that is 200 and whole within `milliseconds`; else nil. Blocks.
  public static func body(_ path: String, at address: SocketAddress, withinMilliseconds milliseconds: Int, bytesMax: Int) -> String? {
    guard let probe = try? HealthProbe(path, at: address, timeoutMilliseconds: milliseconds),
      let response = probe.response(withinMilliseconds: milliseconds, bytesMax: bytesMax)
    else { return nil }
    let text = String(decoding: response, as: UTF8.self)
    guard text.hasPrefix("HTTP/1.1 200 "), let head = text.firstRange(of: "\r\n\r\n") else { return nil }
    return String(text[head.upperBound...])
  }

  /// Whether the server answers a GET of `path` with 200, each step within `milliseconds`. Blocks.
  public static func succeeds(_ path: String, at address: SocketAddress, withinMilliseconds milliseconds: Int = 1000) -> Bool {
    do throws(Errno) {
      return try HealthProbe(path, at: address, timeoutMilliseconds: milliseconds).status(withinMilliseconds: Int32(milliseconds)) == 200
    } catch {
      return false
    }
  }
}
