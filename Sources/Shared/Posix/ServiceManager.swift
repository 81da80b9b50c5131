// What systemd and a service that it starts tell each other: sockets that it passes, and the state of the service (sd_notify(3)).
import Glibc

public enum ServiceManager {
  /// The first descriptor that is passed (sd_listen_fds(3)).
  private static let firstPassed: Int32 = 3
  private static let passedMax: Int32 = 64
  /// What is said to one process, which must not hand it on to those that it starts.
  public static let variables: Set<String> = [
    "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
  ]

  /// The listening sockets that were passed to this process, if any were.
  public static func passedSockets() -> [Int32] {
    let environment = Process.environment()
    guard environment["LISTEN_PID"] == "\(getpid())", let count = environment["LISTEN_FDS"].flatMap(Int32.init) else { return [] }
    return (firstPassed..<firstPassed + max(0, min(count, passedMax))).filter(isListening)
  }

  /// Whether a descriptor is a socket that listens.
  public static func isListening(_ descriptor: Int32) -> Bool {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0 && value != 0
  }
}

/// Where the service manager listens for the state of this process.
struct NotificationSocket: Sendable {
  private static let microsecondsPerMillisecond: Int64 = 1000
  private static let watchdogMillisecondsMax: Int64 = 86_400_000

  private let path: String
  /// How long the manager waits for the next sign of life before it ends the process; nil if it does not watch it.
  let watchdogMilliseconds: Int64?

  /// Nil if no manager wants to be told, or at no Unix socket.
  init?(environment: [String: String]) {
    guard let path = environment["NOTIFY_SOCKET"], path.first == "/" || path.first == "@" else { return nil }
    guard (2...SocketAddress.unixPathBytesMax).contains(path.utf8.count) else { return nil }
    self.path = path
    let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
    let period = environment["WATCHDOG_USEC"].flatMap(Int64.init).map { $0 / Self.microsecondsPerMillisecond }
    watchdogMilliseconds = isMeant ? period.flatMap { (1...Self.watchdogMillisecondsMax).contains($0) ? $0 : nil } : nil
  }

  /// Sends one datagram of `NAME=value` lines. What is lost is sent again by the next, or ends in a restart, so there is no error.
  func send(_ lines: [String]) {
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return }
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    // An abstract name begins with a zero byte, and is as long as the address says.
    if name[0] == UInt8(ascii: "@") { name[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + name.count } ?? 0)
    let text = Array(lines.joined(separator: "\n").utf8)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = sendto(socket, text, text.count, Int32(MSG_NOSIGNAL), $0, length) }
    }
  }
}

/// Tells the service manager that the program is ready, what its state is, and, as often as the manager wants, that it works.
public final class ServiceNotifier: Sendable {
  /// Between two looks at the state, and after a look that found the program not to work.
  private static let lookMilliseconds: Int64 = 1000

  private let socket: NotificationSocket
  private let thread: BackgroundThread

  /// Call when the program serves. Nil, and nothing is done, if no manager wants to be told. `isWorking` proves that the program works, and
  /// may block for a moment; `status` is a sentence for the operator. Both are called on a thread of the notifier.
  public static func start(status: @escaping @Sendable () -> String, isWorking: @escaping @Sendable () -> Bool) -> ServiceNotifier? {
    guard let socket = NotificationSocket(environment: Process.environment()) else { return nil }
    return ServiceNotifier(socket, status: status, isWorking: isWorking)
  }

  /// Tells the manager that there is nothing to do, before the program ends at once.
  public static func finish(status: String) {
    NotificationSocket(environment: Process.environment())?.send(["READY=1", "STATUS=\(status)"])
  }

  private init(_ socket: NotificationSocket, status: @escaping @Sendable () -> String, isWorking: @escaping @Sendable () -> Bool) {
    self.socket = socket
    let first = status()
    socket.send(["READY=1", "STATUS=\(first)"])
    // Half of the time, so that one sign may come late.
    let period = socket.watchdogMilliseconds.map { max(1, $0 / 2) }
    thread = BackgroundThread(name: "notify") { stop in
      var told = first
      var due = Clock.bootMilliseconds()
      while !stop.wait(milliseconds: min(Self.lookMilliseconds, period ?? Self.lookMilliseconds)) {
        let current = status()
        if current != told { socket.send(["STATUS=\(current)"]) }
        told = current
        guard let period, Clock.bootMilliseconds() >= due, isWorking() else { continue }
        due = Clock.bootMilliseconds() + period
        socket.send(["WATCHDOG=1"])
      }
    }
  }

  /// Tells the manager that the program stops.
  public func stop() {
    thread.stop()
    socket.send(["STOPPING=1", "STATUS=stopping"])
  }
}
