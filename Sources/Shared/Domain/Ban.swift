// A ban: keeps a user out of a room.

package struct Ban: Sendable {
  package let user: User
  /// Nil once the moderator's account is gone.
  package let bannedBy: PublicID?
  package let reason: String
  package let createdAt: Timestamp

  package init(user: User, bannedBy: PublicID?, reason: String, createdAt: Timestamp) {
    self.user = user
    self.bannedBy = bannedBy
    self.reason = reason
    self.createdAt = createdAt
  }
}
