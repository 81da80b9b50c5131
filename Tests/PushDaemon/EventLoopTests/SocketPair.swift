// A connected pair of sockets for tests.
import Glibc
import Posix

/// Both ends are non-blocking; what is written at one is read at the other.
struct SocketPair: ~Copyable {
  let near: FileDescriptor
  let far: FileDescriptor

  /// `sendBytes`: asks the kernel to take no more than about so many at a time.
  init(sendBytes: Int32? = nil) {
    var ends: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { fatalError("no socket pair to be had") }
    near = FileDescriptor(owning: ends[0])
    far = FileDescriptor(owning: ends[1])
    if var size = sendBytes { setsockopt(near.number, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
  }

  /// Closes the far end.
  consuming func hangUp() -> FileDescriptor { near }
}

/// Reads what is there, at most `max` bytes.
func readSome(_ socket: Int32, max: Int = 1 << 16) -> [UInt8] {
  var buffer = [UInt8](repeating: 0, count: max)
  let count = recv(socket, &buffer, max, 0)
  return count > 0 ? Array(buffer.prefix(count)) : []
}

func writeAll(_ socket: Int32, _ bytes: [UInt8]) -> Bool {
  send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
}
