// A report: a message that a member has brought to the attention of the room's moderators.

public struct Report: Sendable {
  public let number: Int64
  public let roomID: PublicID
  public let seq: Int64
  public let reporter: User
  public let reason: String
  public let createdAt: Timestamp
  /// The message as it is now, as JSON.
  public let message: [UInt8]

  public init(
    number: Int64, roomID: PublicID, seq: Int64, reporter: User, reason: String, createdAt: Timestamp, message: [UInt8]
  ) {
    self.number = number
    self.roomID = roomID
    self.seq = seq
    self.reporter = reporter
    self.reason = reason
    self.createdAt = createdAt
    self.message = message
  }
}
