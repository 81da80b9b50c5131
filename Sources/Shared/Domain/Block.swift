// A block: keeps two users apart.

/// A user whom the asking user has blocked.
public struct Block: Sendable {
  public let user: User
  public let createdAt: Timestamp

  public init(user: User, createdAt: Timestamp) {
    self.user = user
    self.createdAt = createdAt
  }
}
