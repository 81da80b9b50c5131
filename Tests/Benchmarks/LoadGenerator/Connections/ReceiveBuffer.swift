// The receive buffer that all connections of a loop share.
import Glibc

/// Each connection keeps its incomplete frame or response, which is put in front of the next bytes.
final class ReceiveBuffer {
  // The answer to /sync may have 2 MiB of messages.
  private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 16)

  deinit {
    bytes.deallocate()
  }

  /// Returns `rest` followed by what `socket` has; nil if there is nothing, or if the socket was closed (then calls `isClosed`).
  func read(_ socket: Int32, after rest: [UInt8], isClosed: () -> Void) -> UnsafeRawBufferPointer? {
    precondition(rest.count < bytes.count, "one frame or response is larger than the receive buffer")
    bytes.copyBytes(from: rest)
    let count = recv(socket, bytes.baseAddress.map { $0 + rest.count }, bytes.count - rest.count, 0)
    if count > 0 { return UnsafeRawBufferPointer(rebasing: bytes[..<(rest.count + count)]) }
    if count == 0 || (errno != EAGAIN && errno != EINTR) { isClosed() }
    return nil
  }
}
