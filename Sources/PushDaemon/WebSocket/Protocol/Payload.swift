// The bytes of a message or control frame as they are handed out: in place if possible, assembled if not.

extension ProtocolState {
  /// Unmasked payload. It stays good however the connection fares while it is handled, but a slice only until the receive buffer is used again:
  /// `copy()` what must live longer.
  public enum Payload {
    /// The bytes lie in the receive buffer that was given to `ReceivedBytes`.
    case slice(UnsafeRawBufferPointer)
    /// The bytes came in pieces and were put together.
    case owned([UInt8])

    public var count: Int {
      switch self {
      case .slice(let bytes): bytes.count
      case .owned(let bytes): bytes.count
      }
    }

    public var isEmpty: Bool { count == 0 }

    /// Lends the bytes without copying them; the pointer must not leave `body`.
    @inlinable
    public func withUnsafeBytes<Result, Failure: Error>(
      _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
      switch self {
      case .slice(let bytes):
        return try body(bytes)
      case .owned(let bytes):
        return try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in try body(UnsafeRawBufferPointer(bytes)) }
      }
    }

    /// The bytes in an array of their own.
    public func copy() -> [UInt8] {
      switch self {
      case .slice(let bytes): Array(bytes)
      case .owned(let bytes): bytes
      }
    }
  }
}
