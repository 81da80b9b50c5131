// A breach of the protocol, with the close code that reports it.

/// A breach of RFC 6455 or of this server's limits, after which the connection fails (RFC 6455 section 7.1.7).
public struct Violation: Error, Equatable, Sendable {
  /// The code to close with.
  public let code: CloseCode
  /// One short English sentence, fit for the reason of a Close frame (well under 123 bytes).
  public let reason: String

  public init(_ code: CloseCode, _ reason: String) {
    self.code = code
    self.reason = reason
  }
}
