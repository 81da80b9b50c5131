// Whose connections are counted together.
import Glibc
import Testing

@testable import Posix

@Suite struct ClientNetworkTests {
  private static func ipv6(_ groups: UInt16...) -> ClientNetwork {
    let bytes = groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    return ClientNetwork(ipv6: bytes[...])
  }

  @Test func `an IPv4 address counts for itself, an IPv6 address for its 64 bits`() {
    let one = ClientNetwork(ipv4: [10, 0, 0, 1])
    #expect(one == ClientNetwork(ipv4: [10, 0, 0, 1]) && one != ClientNetwork(ipv4: [10, 0, 0, 2]))
    #expect(Self.ipv6(0x2001, 0xdb8, 0, 1, 0, 0, 0, 1) == Self.ipv6(0x2001, 0xdb8, 0, 1, 9, 8, 7, 6))
    #expect(Self.ipv6(0x2001, 0xdb8, 0, 1, 0, 0, 0, 1) != Self.ipv6(0x2001, 0xdb8, 0, 2, 0, 0, 0, 1))
  }

  @Test func `an IPv4 address in an IPv6 address is the IPv4 address`() {
    #expect(Self.ipv6(0, 0, 0, 0, 0, 0xffff, 0x0a00, 0x0001) == ClientNetwork(ipv4: [10, 0, 0, 1]))
    #expect(Self.ipv6(0, 0, 0, 0, 0, 0xffff, 0x0a00, 0x0001) != Self.ipv6(0, 0, 0, 0, 0, 0xffff, 0x0a00, 0x0002))
    // As a translator between IPv6 and IPv4 writes it: the whole IPv4 internet would be one /64.
    #expect(Self.ipv6(0x64, 0xff9b, 0, 0, 0, 0, 0x0a00, 0x0001) == ClientNetwork(ipv4: [10, 0, 0, 1]))
    #expect(Self.ipv6(0x64, 0xff9b, 0, 0, 0, 1, 0x0a00, 0x0001) == Self.ipv6(0x64, 0xff9b, 0, 0, 0, 2, 0, 1))
    #expect(Self.ipv6(0, 0, 0, 0, 0, 0, 0, 1) != Self.ipv6(0, 0, 0, 1, 0, 0, 0, 1))
  }

  @Test func `a Unix socket has no network`() {
    var ends: [Int32] = [0, 0]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    #expect(ClientNetwork(peerOf: ends[0]) == nil && ClientNetwork(peerOf: -1) == nil)
    for end in ends { close(end) }
  }
}
