// The two ends of a connection.

extension ProtocolState {
  /// Client or server: the client masks what it sends, the server does not (RFC 6455 section 5.1).
  public enum Role: Sendable {
    case client
    case server

    /// The other end.
    public var peer: Role { self == .client ? .server : .client }
  }
}
