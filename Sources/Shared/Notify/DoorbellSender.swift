// Rings at the daemon's door: "there is news in the journal".
import Glibc
import Posix

/// A ring is one empty datagram and says nothing by itself: who hears it reads the journal. A ring that is lost costs the daemon's
/// next tick, never a message, so every failure here is ignored: no daemon, a full queue (it has rings waiting already), no socket.
package final class DoorbellSender: Sendable {
  private let socket: FileDescriptor
  private let address: SocketAddress

  /// `path` is the socket that a `DoorbellReceiver` listens on, now or later.
  package init(path: String) throws {
    address = .unix(path: path)
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    socket = FileDescriptor(owning: try check("socket") { Glibc.socket(AF_UNIX, type, 0) })
  }

  /// Never blocks, never fails.
  package func ring() {
    let number = socket.number
    _ = try? address.withSockaddr { (pointer, length) throws(Errno) in sendto(number, nil, 0, Int32(MSG_NOSIGNAL), pointer, length) }
  }
}
