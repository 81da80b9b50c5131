// One buffer that all connections of a loop are read into.
import Glibc

/// What is not a whole frame or answer yet is kept by the connection, and stands before the next bytes when they come.
final class ReceiveBuffer {
  private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 10, alignment: 16)

  deinit {
    bytes.deallocate()
  }

  /// What `socket` has to give, behind `rest`; nil if it has nothing at present or has been closed (then `isClosed` is called).
  func read(_ socket: Int32, after rest: [UInt8], isClosed: () -> Void) -> UnsafeRawBufferPointer? {
    precondition(rest.count < bytes.count, "one frame or answer is larger than the receive buffer")
    bytes.copyBytes(from: rest)
    let count = recv(socket, bytes.baseAddress.map { $0 + rest.count }, bytes.count - rest.count, 0)
    if count > 0 { return UnsafeRawBufferPointer(rebasing: bytes[..<(rest.count + count)]) }
    if count == 0 || (errno != EAGAIN && errno != EINTR) { isClosed() }
    return nil
  }
}
