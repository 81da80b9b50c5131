// A receipt: how far one member has come with one message.

/// A member who could have read a message.
public struct Receipt: Sendable {
  public let rowID: UserRowID
  public let user: PublicID
  /// Nil: the message was sent, and nothing more is known.
  public let state: ReceiptState?
  /// When the member reached that state; nil if that is no longer recorded.
  public let at: Timestamp?

  public init(rowID: UserRowID, user: PublicID, state: ReceiptState?, at: Timestamp?) {
    self.rowID = rowID
    self.user = user
    self.state = state
    self.at = at
  }
}
