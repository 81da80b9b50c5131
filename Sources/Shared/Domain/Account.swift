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
  /// Whether the user may do over REST what the operator's command does.
  public let isOperator: Bool
  /// Whether it is the one in whose name the service itself speaks: nobody can sign in to it.
  public let isSystem: Bool
  public let sessions: Int64
  public let rooms: Int64

  public init(
    user: User, email: String?, suspendedAt: Timestamp?, isOperator: Bool, isSystem: Bool, sessions: Int64, rooms: Int64
  ) {
    self.user = user
    self.email = email
    self.suspendedAt = suspendedAt
    self.isOperator = isOperator
    self.isSystem = isSystem
    self.sessions = sessions
    self.rooms = rooms
  }
}

/// A link that lets a user set a password, once.
public struct PasswordLink: Sendable {
  public let url: String
  public let expiresAt: Timestamp

  public init(url: String, expiresAt: Timestamp) {
    self.url = url
    self.expiresAt = expiresAt
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
  /// Nil if the account was deleted meanwhile.
  public let own: OwnAccount?
  public let devices: [KnownDevice]
  /// Nil for a user who has registered here.
  public let hostIdentity: HostIdentity?
  public let sessions: [Session]
  public let rooms: [RoomView]
  public let blocks: [Block]
  public let audit: [AuditEntry]
  public let files: [OwnFile]
  /// To the verified address alone.
  public let mails: [MailRecord]
  public let saved: [SavedPlace]

  public init(
    own: OwnAccount?, devices: [KnownDevice], hostIdentity: HostIdentity?, sessions: [Session], rooms: [RoomView],
    blocks: [Block], audit: [AuditEntry], files: [OwnFile], mails: [MailRecord], saved: [SavedPlace]
  ) {
    self.own = own
    self.devices = devices
    self.hostIdentity = hostIdentity
    self.sessions = sessions
    self.rooms = rooms
    self.blocks = blocks
    self.audit = audit
    self.files = files
    self.mails = mails
    self.saved = saved
  }
}
