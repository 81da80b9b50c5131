// A receipt: how far one member has come with one message.

/// A member who could have read a message.
package struct Receipt: Sendable {
  package let rowID: UserRowID
  package let user: PublicID
  /// Nil: the message was sent, and nothing more is known.
  package let state: ReceiptState?
  /// When the member reached that state; nil if that is no longer recorded.
  package let at: Timestamp?

  package init(rowID: UserRowID, user: PublicID, state: ReceiptState?, at: Timestamp?) {
    self.rowID = rowID
    self.user = user
    self.state = state
    self.at = at
  }
}
