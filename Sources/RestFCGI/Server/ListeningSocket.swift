// The socket on which the workers accept connections of nginx.
import Glibc
import Posix

/// Descriptor 0, if the parent process (a supervisor, spawn-fcgi, systemd's StandardInput=socket) passed a listening socket there: it
/// outlives the program, so that clients that connect during a restart wait instead of being refused. Otherwise a socket of its own.
struct ListeningSocket: Sendable {
  let number: Int32
  let description: String
  /// Where it is reached.
  let address: SocketAddress
  /// Nil if the socket was passed: the program that made it keeps it in its place.
  let own: UnixSocket?

  init(path: String) throws(Errno) {
    if ServiceManager.isListening(STDIN_FILENO) {
      number = STDIN_FILENO
      description = "the socket at descriptor 0"
      address = .unix(path: boundPath(of: number) ?? path)
      own = nil
    } else {
      let socket = try UnixSocket(path: path, .stream(isNonblocking: false))
      number = socket.number
      description = path
      address = .unix(path: path)
      own = socket
    }
  }
}
