// Reads the request with which a client arrives (RFC 6455 section 4.2.1, RFC 9112), strictly: what two readers could understand differently is refused.

/// Reads one request head that arrives in pieces; give it everything received so far each time. Twenty-four bytes of state, no storage.
public struct HandshakeParser: Sendable {
  /// Bytes of a head, the empty line included; one more is refused with 431.
  public static let maxHeadBytes = HeadScanner.maxHeadBytes
  /// Header lines; one more is refused with 431.
  public static let maxHeaderLines = HeadScanner.maxHeaderLines

  /// What the bytes so far amount to.
  public enum Progress {
    case needMore
    /// A well-formed request, of which an upgrade is one kind; `consumed` bytes of the input were its head, the rest is WebSocket already.
    case request(HandshakeRequest, consumed: Int)
    case refused(HandshakeError)
  }

  private var scanner = HeadScanner()

  public init() {}

  /// `bytes` is everything received so far, from the connection's first byte on. After a request or a refusal this parser is done.
  public mutating func parse(_ bytes: UnsafeRawBufferPointer) -> Progress {
    switch scanner.scan(bytes) {
    case .needMore:
      return .needMore
    case .refused(let refusal):
      return .refused(refusal)
    case .complete(let size):
      do throws(HandshakeError) {
        return .request(try HandshakeRequest(head: Array(bytes[..<size])), consumed: size)
      } catch {
        return .refused(error)
      }
    }
  }

  /// `bytes` is everything received so far, from the connection's first byte on.
  public mutating func parse(_ bytes: [UInt8]) -> Progress {
    bytes.withUnsafeBytes { parse($0) }
  }
}
