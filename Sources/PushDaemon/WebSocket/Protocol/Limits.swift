// How much one message may ask for.

extension ProtocolState {
  /// Bounds on a message, the same for all connections and therefore passed to each call rather than kept by each connection. Clients know
  /// them as `frame_bytes` and `fragments_per_message`.
  public struct Limits: Equatable, Sendable {
    /// Payload bytes of a message, all fragments together; one more closes with 1009, as soon as a header announces it.
    public var maxMessageBytes: Int
    /// Frames of a message; one more closes with 1008. Not 1009: the message is not too big, it is cut up in a way that only costs work.
    public var maxFragments: Int

    public init(maxMessageBytes: Int, maxFragments: Int) {
      self.maxMessageBytes = maxMessageBytes
      self.maxFragments = maxFragments
    }
  }
}
