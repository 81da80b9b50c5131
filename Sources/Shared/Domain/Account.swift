// An account: what sign-in needs to know of it, and what the operator sees of it.

/// What sign-in checks.
package struct Credentials: Sendable {
  package let user: User
  package let passwordHash: String?
  package let isSuspended: Bool

  package init(user: User, passwordHash: String?, isSuspended: Bool) {
    self.user = user
    self.passwordHash = passwordHash
    self.isSuspended = isSuspended
  }
}

/// An account as the operator sees it.
package struct Account: Sendable {
  package let user: User
  package let email: String?
  package let suspendedAt: Timestamp?
  package let sessions: Int64
  package let rooms: Int64

  package init(user: User, email: String?, suspendedAt: Timestamp?, sessions: Int64, rooms: Int64) {
    self.user = user
    self.email = email
    self.suspendedAt = suspendedAt
    self.sessions = sessions
    self.rooms = rooms
  }
}

/// How far the erasure of a deleted account has come.
package struct Erasure: Sendable {
  package let user: User
  /// Messages up to this row are done.
  package let message: Int64
  /// Journal entries up to this position are done.
  package let position: Int64

  package init(user: User, message: Int64, position: Int64) {
    self.user = user
    self.message = message
    self.position = position
  }
}

/// What is stored about a user, except their messages.
package struct AccountExport: Sendable {
  package let email: String?
  package let hidesReadReceipts: Bool
  package let sessions: [Session]
  package let rooms: [RoomView]
  package let blocks: [Block]

  package init(email: String?, hidesReadReceipts: Bool, sessions: [Session], rooms: [RoomView], blocks: [Block]) {
    self.email = email
    self.hidesReadReceipts = hidesReadReceipts
    self.sessions = sessions
    self.rooms = rooms
    self.blocks = blocks
  }
}
