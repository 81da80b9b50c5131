// Users that a search by name found.

package struct UserHit: Sendable {
  package let user: User
  /// How well the names match; greater is better.
  package let rank: Int64

  package init(user: User, rank: Int64) {
    self.user = user
    self.rank = rank
  }
}

/// A position among the users found: best match first, then by user name.
package struct UserHitCursor: Sendable {
  package let rank: Int64
  package let user: Int64

  package init(rank: Int64, user: Int64) {
    self.rank = rank
    self.user = user
  }
}
