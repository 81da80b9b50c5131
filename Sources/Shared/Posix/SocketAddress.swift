// Socket addresses and listening sockets: a Unix socket's path, or an IP address and port.
public import Glibc

/// `unix:/path`, a bare path that begins with `/` or `.`, `127.0.0.1:8081` or `[::1]:8081`.
public enum SocketAddress: Equatable, Sendable, CustomStringConvertible {
  case unix(path: String)
  case ipv4(host: String, port: UInt16)
  /// The host without brackets.
  case ipv6(host: String, port: UInt16)

  /// `sun_path` holds this many bytes with its closing NUL.
  public static let unixPathBytesMax = 107

  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      // An empty path would be an address without a file, which no file mode protects.
      guard text.utf8.count > 5 else { return nil }
      self = .unix(path: String(text.dropFirst(5)))
    } else if text.hasPrefix("/") || text.hasPrefix(".") {
      self = .unix(path: text)
    } else if text.hasPrefix("[") {
      guard let end = text.lastIndex(of: "]"), text[end...].hasPrefix("]:"), let port = UInt16(text[end...].dropFirst(2)) else {
        return nil
      }
      self = .ipv6(host: String(text[..<end].dropFirst()), port: port)
    } else {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let port = UInt16(parts[1]) else { return nil }
      self = .ipv4(host: String(parts[0]), port: port)
    }
  }

  public var description: String {
    switch self {
    case .unix(let path): "unix:\(path)"
    case .ipv4(let host, let port): "\(host):\(port)"
    case .ipv6(let host, let port): "[\(host)]:\(port)"
    }
  }

  public var family: Int32 {
    switch self {
    case .unix: AF_UNIX
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    }
  }

  /// Calls `body` with the address in the form that the kernel reads.
  public func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) throws(Errno) -> Result) throws(Errno) -> Result {
    switch self {
    case .unix(let path):
      let bytes = Array(path.utf8)
      guard bytes.count <= Self.unixPathBytesMax else { throw Errno("socket path of \(bytes.count) bytes: \(path)", code: ENAMETOOLONG) }
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      return try lend(&address, body)
    case .ipv4(let host, let port):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw Errno("address \(host)", code: EINVAL) }
      return try lend(&address, body)
    case .ipv6(let host, let port):
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      guard inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else { throw Errno("address \(host)", code: EINVAL) }
      return try lend(&address, body)
    }
  }

  private func lend<Address, Result>(
    _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Errno) -> Result
  ) throws(Errno) -> Result {
    let outcome: Swift.Result<Result, Errno> = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
        do throws(Errno) {
          return .success(try body(rebound, socklen_t(MemoryLayout<Address>.size)))
        } catch {
          return .failure(error)
        }
      }
    }
    return try outcome.get()
  }
}

/// Opens a listening stream socket. Replaces a stale Unix socket at the path; only owner and group may connect to the new one. Throws
/// `Errno`, EADDRINUSE if somebody answers there. A program's own Unix socket is a `UnixSocket`, which outlives the deletion of its file.
public func listeningSocket(at address: SocketAddress, backlog: Int32 = 4096, nonblocking: Bool) throws(Errno) -> FileDescriptor {
  let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | (nonblocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
  let socket = FileDescriptor(owning: try check("socket") { Glibc.socket(address.family, type, 0) })
  if address.family != AF_UNIX {
    var yes: Int32 = 1
    let number = socket.number
    try check("setsockopt SO_REUSEADDR") { setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) }
    // [::] beside 0.0.0.0, as nginx has it.
    if address.family == AF_INET6 {
      try check("setsockopt IPV6_V6ONLY") {
        setsockopt(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, socklen_t(MemoryLayout<Int32>.size))
      }
    }
  }
  try bindReplacingStale(socket, to: address)
  try check("listen \(address)") { listen(socket.number, backlog) }
  return socket
}

/// Binds under a temporary name and renames, so that the path is never missing and never open to others.
private func bindReplacingStale(_ socket: borrowing FileDescriptor, to address: SocketAddress) throws(Errno) {
  let number = socket.number
  switch address {
  case .ipv4, .ipv6:
    try address.withSockaddr { (pointer, length) throws(Errno) in _ = try check("bind \(address)") { bind(number, pointer, length) } }
  case .unix(let path):
    guard !UnixSocket.isAnswered(path, .stream(isNonblocking: true)) else {
      throw Errno("another process answers at \(path)", code: EADDRINUSE)
    }
    let temporary = SocketAddress.unix(path: path + "~")
    unlink(path + "~")
    try temporary.withSockaddr { (pointer, length) throws(Errno) in _ = try check("bind \(path)") { bind(number, pointer, length) } }
    try check("chmod \(path)") { chmod(path + "~", 0o660) }
    try check("rename \(path)") { rename(path + "~", path) }
  }
}

/// The path that a Unix socket was bound at; nil for one without a file.
public func boundPath(of descriptor: Int32) -> String? {
  var address = sockaddr_un()
  // One byte stays zero.
  var length = socklen_t(MemoryLayout<sockaddr_un>.size - 1)
  let answer = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
  }
  guard answer == 0, Int32(address.sun_family) == AF_UNIX else { return nil }
  let path = withUnsafeBytes(of: &address.sun_path) { Array($0.prefix { $0 != 0 }) }
  return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
}

/// The IPv4 address that a socket is bound to, for a listener on port 0; nil for another family.
public func boundAddress(of descriptor: Int32) -> SocketAddress? {
  var address = sockaddr_in()
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let answer = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
  }
  guard answer == 0, Int32(address.sin_family) == AF_INET else { return nil }
  var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
  guard inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(INET_ADDRSTRLEN)) != nil else { return nil }
  return .ipv4(
    host: text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }, port: UInt16(bigEndian: address.sin_port))
}
