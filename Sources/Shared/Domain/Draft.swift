// A member's text that is not sent yet: the same on all of their devices.

public struct Draft: Equatable, Sendable {
  /// Empty if there is none (any more).
  public let content: String
  /// The message that it will reply to.
  public let replyTo: Int64?
  public let updatedAt: Timestamp

  public init(content: String, replyTo: Int64?, updatedAt: Timestamp) {
    self.content = content
    self.replyTo = replyTo
    self.updatedAt = updatedAt
  }
}
