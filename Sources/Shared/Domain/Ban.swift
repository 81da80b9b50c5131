// A ban: keeps a user out of a room.

public struct Ban: Sendable {
  public let user: User
  /// Nil once the moderator's account is gone.
  public let bannedBy: PublicID?
  public let reason: String
  public let createdAt: Timestamp

  public init(user: User, bannedBy: PublicID?, reason: String, createdAt: Timestamp) {
    self.user = user
    self.bannedBy = bannedBy
    self.reason = reason
    self.createdAt = createdAt
  }
}
