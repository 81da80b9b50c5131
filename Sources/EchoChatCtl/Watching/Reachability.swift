// Whether a host takes connections.
import Glibc

enum Reachability {
  private static let milliseconds: Int32 = 3000

  /// What keeps this machine from a connection to a host by name or address; nil if there is one, which is closed again. Blocks.
  static func obstacle(host: String, port: UInt16) -> String? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    let code = getaddrinfo(name, "\(port)", &hints, &found)
    guard code == 0 else { return "\(name) has no address (\(String(cString: gai_strerror(code))))" }
    defer { freeaddrinfo(found) }
    var reason = "it has no address"
    var address = found
    while let current = address?.pointee {
      guard let error = failure(of: current) else { return nil }
      reason = error
      address = current.ai_next
    }
    return reason
  }

  private static func failure(of address: addrinfo) -> String? {
    let number = socket(address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard number >= 0 else { return String(cString: strerror(errno)) }
    defer { close(number) }
    if connect(number, address.ai_addr, address.ai_addrlen) == 0 { return nil }
    guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
    var waiting = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, milliseconds) > 0 else { return "no answer within \(milliseconds / 1000) s" }
    var (error, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
    getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &size)
    return error == 0 ? nil : String(cString: strerror(error))
  }
}
