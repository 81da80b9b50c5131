// Bytes that a socket could not take yet.
import Glibc

/// Empty, and without memory, as long as the peer reads as fast as we write. The caller enforces the bound: check `count` before adding.
public struct SendBuffer {
  private var bytes: [UInt8] = []
  private var sent = 0

  public init() {}

  /// Bytes that are not sent yet.
  public var count: Int { bytes.count - sent }
  public var isEmpty: Bool { count == 0 }

  /// The result of a write.
  public enum Outcome: Equatable {
    /// The kernel has taken everything.
    case drained
    /// The socket is full: wait until it can be written.
    case blocked
    /// The connection is broken.
    case gone
  }

  public mutating func append(_ more: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: more)
  }

  public mutating func append(_ more: [UInt8]) {
    bytes.append(contentsOf: more)
  }

  /// Lends the buffer to a closure that appends frames.
  public mutating func write<Result>(_ body: (inout [UInt8]) -> Result) -> Result {
    body(&bytes)
  }

  /// Sends what it holds.
  public mutating func flush(to socket: Int32) -> Outcome {
    while !isEmpty {
      let result = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Self.flags) }
      guard result >= 0 else {
        let outcome = Self.outcomeOfError()
        shrink()
        return outcome
      }
      sent += result
    }
    bytes = []
    sent = 0
    return .drained
  }

  /// Drops sent bytes now and then, so that a peer that is always a little behind does not pin them.
  private mutating func shrink() {
    guard sent > max(64 << 10, bytes.count / 2) else { return }
    bytes.removeFirst(sent)
    sent = 0
  }

  /// Sends the caller's bytes after those that wait; they are copied only if some wait or the socket is full.
  public mutating func send(shared bytes: UnsafeRawBufferPointer, to socket: Int32) -> Outcome {
    guard isEmpty else {
      append(bytes)
      return .blocked
    }
    let (sent, outcome) = Self.send(bytes, to: socket)
    if outcome == .blocked { append(UnsafeRawBufferPointer(rebasing: bytes[sent...])) }
    return outcome
  }

  /// Sends the caller's bytes; returns how many of them the kernel took.
  public static func send(_ bytes: UnsafeRawBufferPointer, to socket: Int32) -> (sent: Int, outcome: Outcome) {
    let result = Glibc.send(socket, bytes.baseAddress, bytes.count, flags)
    if result == bytes.count { return (result, .drained) }
    return result < 0 ? (0, outcomeOfError()) : (result, .blocked)
  }

  private static let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)

  private static func outcomeOfError() -> Outcome {
    errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS ? .blocked : .gone
  }
}
