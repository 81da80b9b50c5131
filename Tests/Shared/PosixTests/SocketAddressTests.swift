// Where servers listen.
import Glibc
import Posix
import TestSupport
import Testing

@Suite struct SocketAddressTests {
  @Test(arguments: [
    ("unix:/run/push.sock", SocketAddress.unix(path: "/run/push.sock")), ("/run/push.sock", .unix(path: "/run/push.sock")),
    ("./push.sock", .unix(path: "./push.sock")), ("unix:push.sock", .unix(path: "push.sock")),
    ("127.0.0.1:8081", .ipv4(host: "127.0.0.1", port: 8081)),
    ("0.0.0.0:0", .ipv4(host: "0.0.0.0", port: 0)), ("127.0.0.1:65535", .ipv4(host: "127.0.0.1", port: 65_535)),
    ("[::1]:80", .ipv6(host: "::1", port: 80)), ("[::]:8080", .ipv6(host: "::", port: 8080)),
  ])
  func `an address is a path or a host and port`(text: String, address: SocketAddress) {
    #expect(SocketAddress(text) == address)
    #expect(SocketAddress(address.description) == address)
  }

  @Test(arguments: [
    "", "127.0.0.1", "8081", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x", "[::1]", "[::1]80", "[::1]:x", "::1:80",
    "a:b:c",
  ])
  func `anything else is no address`(text: String) {
    #expect(SocketAddress(text) == nil)
  }

  @Test(arguments: ["unix:", ":80"])
  func `an address without its place is no address`(text: String) {
    #expect(SocketAddress(text) == nil)
  }

  @Test func `a path of 107 bytes fits and one of 108 is refused by name`() throws {
    let longest = "/" + String(repeating: "x", count: SocketAddress.unixPathBytesMax - 1)
    #expect(
      try SocketAddress.unix(path: longest).withSockaddr { (_, length) throws(Errno) in length }
        == socklen_t(MemoryLayout<sockaddr_un>.size))
    let error = #expect(throws: Errno.self) { try SocketAddress.unix(path: longest + "x").withSockaddr { (_, _) throws(Errno) in } }
    #expect(error?.code == ENAMETOOLONG)
    #expect(error?.description.contains(longest + "x") == true)
  }

  @Test(arguments: ["localhost", "256.0.0.1", "1.2.3", "::1"])
  func `a host that is no number is refused by name`(host: String) {
    let error = #expect(throws: Errno.self) { try SocketAddress.ipv4(host: host, port: 1).withSockaddr { (_, _) throws(Errno) in } }
    #expect(error?.description.contains(host) == true)
  }

  @Test func `a listener on port 0 tells which port it got, and a client comes through`() throws {
    let listener = try listeningSocket(at: .ipv4(host: "127.0.0.1", port: 0), nonblocking: true)
    let address = try #require(boundAddress(of: listener.number))
    guard case .ipv4("127.0.0.1", let port) = address, port > 0 else { return fail("\(address)") }
    #expect(connects(to: address))
  }

  @Test func `[::] and 0.0.0.0 have one port beside each other`() throws {
    let ipv4 = try listeningSocket(at: .ipv4(host: "0.0.0.0", port: 0), nonblocking: true)
    guard case .ipv4(_, let port) = boundAddress(of: ipv4.number) else { return fail("not bound") }
    let ipv6 = try listeningSocket(at: .ipv6(host: "::", port: port), nonblocking: true)
    #expect(
      ipv6.number != ipv4.number && connects(to: .ipv6(host: "::1", port: port)) && connects(to: .ipv4(host: "127.0.0.1", port: port)))
  }

  @Test func `a Unix listener replaces the stale socket of one that died, and admits owner and group only`() throws {
    let directory = TemporaryDirectory()
    let address = SocketAddress.unix(path: directory.path + "/s.sock")
    do { _ = try listeningSocket(at: address, nonblocking: false) }
    #expect(!connects(to: address), "nobody listens at the stale socket")
    let listener = try listeningSocket(at: address, nonblocking: false)
    #expect(connects(to: address))
    #expect(TemporaryDirectory.names(in: directory.path) == ["s.sock"])
    var status = stat()
    stat(directory.path + "/s.sock", &status)
    #expect(status.st_mode & 0o777 == 0o660)
    #expect(boundAddress(of: listener.number) == nil)
  }

  @Test func `where a socket cannot be, the address is named`() {
    let error = #expect(throws: Errno.self) { _ = try listeningSocket(at: .unix(path: "/nowhere/at/all.sock"), nonblocking: false) }
    #expect(error?.description.contains("/nowhere/at/all.sock") == true)
  }

  private func connects(to address: SocketAddress) -> Bool {
    let client = FileDescriptor(owning: socket(address.family, Int32(SOCK_STREAM.rawValue), 0))
    let number = client.number
    return (try? address.withSockaddr { (pointer, length) throws(Errno) in connect(number, pointer, length) }) == 0
  }
}

private func fail(_ what: String) { Issue.record("\(what)") }
