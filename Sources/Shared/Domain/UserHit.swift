// Users that a search by name found.

public struct UserHit: Sendable {
  public let user: User
  /// How well the names match; greater is better.
  public let rank: Int64

  public init(user: User, rank: Int64) {
    self.user = user
    self.rank = rank
  }
}

/// A position among the users found: best match first, then by user name.
public struct UserHitCursor: Sendable {
  public let rank: Int64
  public let user: Int64

  public init(rank: Int64, user: Int64) {
    self.rank = rank
    self.user = user
  }
}
