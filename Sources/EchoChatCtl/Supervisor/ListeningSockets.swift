// The sockets that clients and nginx connect to, opened here and handed down.
import Glibc
import Posix

/// They outlive the programs: while one is being started again, connection attempts wait in the kernel's queue.
final class Listeners {
  private(set) var rest: FileDescriptor
  let push: FileDescriptor
  let httpNumber: Int32
  private var http: FileDescriptor?
  private let settings: Settings

  init(_ settings: Settings) throws {
    self.settings = settings
    rest = try Self.restSocket(settings)
    push = try listeningSocket(at: .unix(path: settings.pushSocketPath), nonblocking: true)
    let address = SocketAddress.ipv4(host: "127.0.0.1", port: settings.port)
    do {
      let http = try listeningSocket(at: address, nonblocking: true)
      httpNumber = http.number
      self.http = consume http
    } catch {
      throw Failure("\(address): \(String(cString: strerror(error.code))); ECHOCHAT_PORT chooses another port")
    }
  }

  /// Another socket in the place of the REST worker's: who connects from now on finds its successor. Who connected before is with
  /// the old worker, which has the old socket still.
  func renewRest() throws(Errno) {
    rest = try Self.restSocket(settings)
  }

  private static func restSocket(_ settings: Settings) throws(Errno) -> FileDescriptor {
    // Threads of libfcgi wait in accept; the daemon and nginx in epoll.
    try listeningSocket(at: .unix(path: settings.restSocketPath), nonblocking: false)
  }

  /// From now on nobody new is let in, once nginx has closed its copy.
  func shutDoor() {
    http = nil
  }

  deinit {
    unlink(settings.restSocketPath)
    unlink(settings.pushSocketPath)
  }
}
