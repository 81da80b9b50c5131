// The network that a client's connection comes from, which one customer of a provider has.
import Glibc

/// An IPv4 address, or the first 64 bits of an IPv6 address: who has one IPv6 address has all of its /64.
public struct ClientNetwork: Hashable, Sendable {
  private let isIPv6: Bool
  private let bits: UInt64

  /// The network at the other end of a socket; nil for a Unix socket.
  public init?(peerOf socket: Int32) {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let answer = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(socket, $0, &length) }
    }
    guard answer == 0 else { return nil }
    let bytes = withUnsafeBytes(of: address) { Array($0) }
    // sockaddr_in has the address after family and port, sockaddr_in6 after the flow label, too.
    switch Int32(address.ss_family) {
    case AF_INET: self.init(ipv4: bytes[4..<8])
    case AF_INET6: self.init(ipv6: bytes[8..<24])
    default: return nil
    }
  }

  private init(isIPv6: Bool, bits: UInt64) {
    self.isIPv6 = isIPv6
    self.bits = bits
  }

  init(ipv4 bytes: ArraySlice<UInt8>) {
    self.init(isIPv6: false, bits: Self.number(bytes))
  }

  /// Prefixes of addresses that contain an IPv4 address: ::ffff:0:0/96 of a socket that listens for both (RFC 4291), and 64:ff9b::/96 of
  /// a translator between both (RFC 6052).
  private static let prefixesOfIPv4: [[UInt8]] = [
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0],
  ]

  /// An address that contains an IPv4 address counts as that.
  init(ipv6 bytes: ArraySlice<UInt8>) {
    let isIPv4 = Self.prefixesOfIPv4.contains { bytes.prefix(12).elementsEqual($0) }
    self.init(isIPv6: !isIPv4, bits: Self.number(isIPv4 ? bytes.suffix(4) : bytes.prefix(8)))
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
