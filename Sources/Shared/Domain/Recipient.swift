// The other user of a direct room.

/// Whom a message in a direct room is for, and whether it can reach them.
public struct Recipient: Sendable {
  public let user: User
  /// False if they have left the room, or are invited to it.
  public let isMember: Bool
  /// Whether the account is deleted.
  public let isDeleted: Bool
  /// Whether either of the two has blocked the other.
  public let isBlocked: Bool

  public init(user: User, isMember: Bool, isDeleted: Bool, isBlocked: Bool) {
    self.user = user
    self.isMember = isMember
    self.isDeleted = isDeleted
    self.isBlocked = isBlocked
  }
}
