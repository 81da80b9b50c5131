// The sockets that clients and nginx connect to: opened by the supervisor, inherited by the programs.
import Configuration
import Glibc
import Posix

/// The sockets outlive the programs: while one is being restarted, connection attempts wait in the kernel's queue. Their numbers stay.
final class ListeningSockets {
  let rest: UnixSocket
  let push: UnixSocket
  let http: HTTPListeners
  private var error = RepeatedError()

  init(_ settings: Settings, http: HTTPListeners) throws {
    // Threads of libfcgi wait in accept; the daemon and nginx in epoll.
    rest = try UnixSocket(path: settings.restSocketPath, .stream(isNonblocking: false))
    push = try UnixSocket(path: settings.pushSocketPath, .stream(isNonblocking: true))
    self.http = http
  }

  /// Opens a new socket at the REST worker's path, for the next worker. Earlier connections stay with the old worker and its socket.
  func replaceRest() throws(Errno) { try rest.rebind() }

  /// Puts the sockets back whose files were deleted. True if there is another socket under its number: the program that inherited the old
  /// one must be replaced.
  func restore(_ socket: UnixSocket) -> Bool {
    do throws(Errno) {
      let restoration = try socket.restore()
      if case .unchanged = restoration { return false }
      _ = error.isNew(nil)
      Log.warning("\(socket.path) was removed or replaced; it is back")
      if case .rebound = restoration { return true }
    } catch {
      if self.error.isNew(error) { Log.error("\(socket.path) cannot be put back: \(error)") }
    }
    return false
  }

  deinit {
    rest.remove()
    push.remove()
  }
}
