// The sockets that clients and nginx connect to: opened by the supervisor, inherited by the programs.
import Configuration
import Glibc
import Posix

/// The sockets outlive the programs: while one is being restarted, connection attempts wait in the kernel's queue.
final class ListeningSockets {
  private(set) var rest: FileDescriptor
  let push: FileDescriptor
  let httpNumber: Int32
  private var http: FileDescriptor?
  private let settings: Settings

  init(_ settings: Settings, http: consuming FileDescriptor) throws {
    self.settings = settings
    rest = try Self.restSocket(settings)
    push = try listeningSocket(at: .unix(path: settings.pushSocketPath), nonblocking: true)
    httpNumber = http.number
    self.http = consume http
  }

  /// The socket that nginx takes over.
  static func http(_ settings: Settings) throws -> FileDescriptor {
    let address = SocketAddress.ipv4(host: "127.0.0.1", port: settings.port)
    do {
      return try listeningSocket(at: address, nonblocking: true)
    } catch {
      throw Failure("\(address): \(String(cString: strerror(error.code))); ECHOCHAT_PORT chooses another port")
    }
  }

  /// Opens a new socket at the REST worker's path, for the next worker. Earlier connections stay with the old worker and its socket.
  func replaceRest() throws(Errno) {
    rest = try Self.restSocket(settings)
  }

  private static func restSocket(_ settings: Settings) throws(Errno) -> FileDescriptor {
    // Threads of libfcgi wait in accept; the daemon and nginx in epoll.
    try listeningSocket(at: .unix(path: settings.restSocketPath), nonblocking: false)
  }

  /// Closes the HTTP socket. New connections are refused once nginx has closed its copy, too.
  func stopAccepting() {
    http = nil
  }

  deinit {
    unlink(settings.restSocketPath)
    unlink(settings.pushSocketPath)
  }
}
