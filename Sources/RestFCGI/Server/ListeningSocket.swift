// The socket on which the workers accept connections of nginx.
import Glibc
import Posix

/// Descriptor 0, if the parent process (a supervisor, spawn-fcgi, systemd's StandardInput=socket) passed a listening socket there: it
/// outlives the program, so that clients that connect during a restart wait instead of being refused. Otherwise a socket of its own.
struct ListeningSocket: Sendable {
  let number: Int32
  let description: String
  /// Nil if the socket was passed: the program that made it keeps it in its place.
  let own: UnixSocket?

  init(path: String) throws(Errno) {
    if Self.isListening(STDIN_FILENO) {
      number = STDIN_FILENO
      description = "the socket at descriptor 0"
      own = nil
    } else {
      let socket = try UnixSocket(path: path, .stream(isNonblocking: false))
      number = socket.number
      description = path
      own = socket
    }
  }

  private static func isListening(_ descriptor: Int32) -> Bool {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0 && value != 0
  }
}
