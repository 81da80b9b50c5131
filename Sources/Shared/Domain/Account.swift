// An account: what sign-in needs to know of it, and what the operator sees of it.

/// What sign-in checks.
public struct Credentials: Sendable {
  public let user: User
  public let passwordHash: String?
  public let isSuspended: Bool

  public init(user: User, passwordHash: String?, isSuspended: Bool) {
    self.user = user
    self.passwordHash = passwordHash
    self.isSuspended = isSuspended
  }
}

/// An account as the operator sees it.
public struct Account: Sendable {
  public let user: User
  public let email: String?
  public let suspendedAt: Timestamp?
  public let sessions: Int64
  public let rooms: Int64

  public init(user: User, email: String?, suspendedAt: Timestamp?, sessions: Int64, rooms: Int64) {
    self.user = user
    self.email = email
    self.suspendedAt = suspendedAt
    self.sessions = sessions
    self.rooms = rooms
  }
}

/// How far the erasure of a deleted account has come.
public struct Erasure: Sendable {
  public let user: User
  /// Messages up to this row are done.
  public let message: Int64
  /// Journal entries up to this position are done.
  public let position: Int64

  public init(user: User, message: Int64, position: Int64) {
    self.user = user
    self.message = message
    self.position = position
  }
}

/// What is stored about a user, except their messages.
public struct AccountExport: Sendable {
  public let email: String?
  public let hidesReadReceipts: Bool
  public let sessions: [Session]
  public let rooms: [RoomView]
  public let blocks: [Block]
  public let files: [OwnFile]

  public init(email: String?, hidesReadReceipts: Bool, sessions: [Session], rooms: [RoomView], blocks: [Block], files: [OwnFile]) {
    self.email = email
    self.hidesReadReceipts = hidesReadReceipts
    self.sessions = sessions
    self.rooms = rooms
    self.blocks = blocks
    self.files = files
  }
}
