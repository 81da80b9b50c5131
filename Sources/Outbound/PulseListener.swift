// Answers whether the thread that sends mails still works, for `serve`, which replaces a program that hangs; and with this program's metrics.
import Glibc
import Posix
import Synchronization

/// When the thread last did something.
final class Pulse: Sendable {
  /// Longer than anything that it waits for without a beat: a server that does not answer to the end of a connection.
  static let longestMilliseconds: Int64 = 150_000

  private let last: Atomic<Int64>
  private let clock: @Sendable () -> Int64

  init(clock: @escaping @Sendable () -> Int64 = Clock.bootMilliseconds) {
    self.clock = clock
    last = Atomic(clock())
  }

  func beat() { last.store(clock(), ordering: .relaxed) }

  var isBeating: Bool { clock() - last.load(ordering: .relaxed) < Self.longestMilliseconds }
}

/// `GET /metrics` is answered with the metrics; whatever else is asked at the socket, with 200 while the pulse beats, else 503 (RFC 9110).
final class PulseListener: Sendable {
  private static let lookMilliseconds: Int32 = 200
  /// How long a client may take to ask.
  private static let askMilliseconds = 500

  let socket: UnixSocket
  private let thread: BackgroundThread

  init(path: String, _ pulse: Pulse, _ metrics: Metrics) throws {
    let socket = try UnixSocket(path: path, .stream(isNonblocking: true))
    self.socket = socket
    thread = BackgroundThread(name: "pulse") { stop in
      while !stop.wait(milliseconds: 0) {
        // The number stays the same when the socket is bound anew.
        var waiting = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Self.lookMilliseconds) > 0 else { continue }
        Self.answer(socket.number, pulse, metrics)
      }
    }
  }

  func stop() {
    thread.stop()
    socket.remove()
  }

  private static func answer(_ listener: Int32, _ pulse: Pulse, _ metrics: Metrics) {
    let number = accept(listener, nil, nil)
    guard number >= 0 else { return }
    let client = FileDescriptor(owning: number)
    var limit = timeval(tv_sec: 0, tv_usec: askMilliseconds * 1000)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(client.number, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    // To close a socket with unread bytes would take the answer back.
    var request = [UInt8](repeating: 0, count: 1024)
    let count = recv(client.number, &request, request.count, 0)
    guard count > 0 else { return }
    let body = request.starts(with: "GET /metrics ".utf8) ? MetricFamily.text(metrics.read()) : ""
    let status = pulse.isBeating || !body.isEmpty ? "200 OK" : "503 Service Unavailable"
    let head = "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
    let response = Array("\(head)\(body)".utf8)
    send(client.number, response, response.count, Int32(MSG_NOSIGNAL))
  }
}
