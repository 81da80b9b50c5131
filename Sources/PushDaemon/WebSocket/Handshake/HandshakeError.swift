// The HTTP error response to a handshake that is refused.

/// An HTTP status and the reason in words, for the caller to put into a problem+json body; `headers` must be sent with it.
public struct HandshakeError: Error, Equatable, Sendable {
  /// 400, 405, 426, 431 or 505.
  public let status: Int
  /// One English sentence for the client's developer; contains nothing that the client sent.
  public let reason: String
  /// Headers that the status requires, such as `Allow`.
  public let headers: [HTTPHeader]

  public init(_ status: Int, _ reason: String, headers: [HTTPHeader] = []) {
    self.status = status
    self.reason = reason
    self.headers = headers
  }

  static func badRequest(_ reason: String) -> HandshakeError { HandshakeError(400, reason) }
}
