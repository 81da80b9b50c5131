// A block: keeps two users apart.

/// A user whom the asking user has blocked.
package struct Block: Sendable {
  package let user: User
  package let createdAt: Timestamp

  package init(user: User, createdAt: Timestamp) {
    self.user = user
    self.createdAt = createdAt
  }
}
