// What a peer sends: messages, control frames and violations, one at a time.

extension ProtocolState {
  /// What `nextEvent` found. `close` and `violation` are the last events of a connection; nothing is read after them.
  public enum Event {
    /// A whole text message, checked to be UTF-8.
    case text(Payload)
    /// A whole binary message.
    case binary(Payload)
    /// To be answered by `appendAnswer`.
    case ping(Payload)
    case pong(Payload)
    /// The peer closes, or answers our closing. No code means an empty Close frame (RFC 6455 calls it 1005); the reason is UTF-8.
    case close(CloseCode?, reason: Payload)
    /// The peer broke the protocol or a limit: send `appendAnswer`'s Close frame and drop the connection.
    case violation(Violation)
  }
}
