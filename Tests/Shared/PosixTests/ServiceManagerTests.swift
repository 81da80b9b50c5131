// A service manager is told at the socket that it names, in datagrams as systemd reads them.
import Glibc
import TestSupport
import Testing

@testable import Posix

@Suite struct ServiceManagerTests {
  /// A datagram socket at a path, or at an abstract name that begins with @.
  private final class Manager {
    let number: Int32

    init(_ name: String) {
      number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      var bytes = Array(name.utf8)
      if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      let length = socklen_t(2 + bytes.count)
      let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) }
      }
      #expect(bound == 0)
    }

    deinit { close(number) }

    /// The next datagram; nil if there is none within two seconds.
    func next() -> String? {
      var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 2000) > 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = recv(number, &bytes, bytes.count, 0)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
  }

  @Test func `a datagram reaches a path and an abstract name`() throws {
    let directory = TemporaryDirectory()
    for name in [directory.path + "/notify", "@echochat-test-\(getpid())"] {
      let manager = Manager(name)
      try #require(NotificationSocket(environment: ["NOTIFY_SOCKET": name])).send(["READY=1", "STATUS=serving"])
      #expect(manager.next() == "READY=1\nSTATUS=serving")
    }
  }

  @Test(arguments: ["", "/", "@", "relative", "vsock:2:1234", "/" + String(repeating: "x", count: 107)])
  func `a name that is no socket of this machine is nobody`(name: String) {
    #expect(NotificationSocket(environment: ["NOTIFY_SOCKET": name]) == nil)
    #expect(NotificationSocket(environment: [:]) == nil)
  }

  @Test func `nobody at the socket is no error`() throws {
    try #require(NotificationSocket(environment: ["NOTIFY_SOCKET": "/nonexistent/notify"])).send(["READY=1"])
  }

  @Test(
    arguments: [
      ("3000000", nil, 3000), ("3000000", "self", 3000), ("3000000", "1", nil), ("0", nil, nil), ("-5", nil, nil), ("x", nil, nil),
      ("9223372036854775807", nil, nil), (nil, nil, nil),
    ] as [(String?, String?, Int64?)])
  func `the watchdog is the manager's, and for this process alone`(period: String?, process: String?, milliseconds: Int64?) throws {
    var environment = ["NOTIFY_SOCKET": "/x/y"]
    environment["WATCHDOG_USEC"] = period
    environment["WATCHDOG_PID"] = process == "self" ? "\(getpid())" : process
    #expect(try #require(NotificationSocket(environment: environment)).watchdogMilliseconds == milliseconds)
  }

  @Test func `a socket listens or it does not`() throws {
    let directory = TemporaryDirectory()
    let socket = try listeningSocket(at: .unix(path: directory.path + "/s"), nonblocking: false)
    #expect(ServiceManager.isListening(socket.number) && !ServiceManager.isListening(-1))
    #expect(boundPath(of: socket.number) == directory.path + "/s~" && boundPath(of: -1) == nil)
    #expect(ServiceManager.passedSockets() == [])
  }
}
