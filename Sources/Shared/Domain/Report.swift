// A report: a message that a member has brought to the attention of the room's moderators.

package struct Report: Sendable {
  package let number: Int64
  package let seq: Int64
  package let reporter: User
  package let reason: String
  package let createdAt: Timestamp
  /// The message as it is now, as JSON.
  package let message: [UInt8]

  package init(number: Int64, seq: Int64, reporter: User, reason: String, createdAt: Timestamp, message: [UInt8]) {
    self.number = number
    self.seq = seq
    self.reporter = reporter
    self.reason = reason
    self.createdAt = createdAt
    self.message = message
  }
}
