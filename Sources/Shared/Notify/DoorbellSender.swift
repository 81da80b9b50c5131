// Rings the doorbell: tells the daemon that the journal has new events.
import Glibc
import Posix

/// A ring is one empty datagram without content: the receiver reads the journal. A lost ring delays an event until the daemon's next tick
/// and loses nothing, so every failure is ignored: no daemon, a full queue (rings are waiting already), no socket.
public final class DoorbellSender: Sendable {
  private let socket: FileDescriptor
  private let address: SocketAddress

  /// `path` is the socket that a `DoorbellReceiver` listens on, now or later.
  public init(path: String) throws {
    address = .unix(path: path)
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    socket = FileDescriptor(owning: try check("socket") { Glibc.socket(AF_UNIX, type, 0) })
  }

  /// Never blocks and never fails.
  public func ring() {
    let number = socket.number
    _ = try? address.withSockaddr { (pointer, length) throws(Errno) in sendto(number, nil, 0, Int32(MSG_NOSIGNAL), pointer, length) }
  }
}
