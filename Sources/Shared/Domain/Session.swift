// A signed-in device.

/// A session as its user sees it in the list of their devices.
public struct Session: Sendable {
  public let rowID: SessionRowID
  public let id: PublicID
  public let userAgent: String
  /// As the client called it at sign-in; nil: it told none.
  public let deviceName: String?
  /// The network that the device last signed in or refreshed from; nil if that is not known.
  public let address: String?
  public let createdAt: Timestamp
  public let usedAt: Timestamp
  /// When the device last signed in, refreshed or opened a WebSocket; up to some minutes old.
  public let seenAt: Timestamp
  public let expiresAt: Timestamp

  public init(
    rowID: SessionRowID, id: PublicID, userAgent: String, deviceName: String?, address: String?, createdAt: Timestamp, usedAt: Timestamp,
    seenAt: Timestamp, expiresAt: Timestamp
  ) {
    self.rowID = rowID
    self.id = id
    self.userAgent = userAgent
    self.deviceName = deviceName
    self.address = address
    self.createdAt = createdAt
    self.usedAt = usedAt
    self.seenAt = seenAt
    self.expiresAt = expiresAt
  }
}

/// A session that has not ended, and its user: the result of checking a token.
public struct AuthenticatedSession: Sendable {
  public let session: SessionRowID
  public let sessionID: PublicID
  public let user: User
  public let isSuspended: Bool
  /// Whether the user has shown that the account's e-mail address is theirs.
  public let isVerified: Bool

  public init(session: SessionRowID, sessionID: PublicID, user: User, isSuspended: Bool, isVerified: Bool) {
    self.session = session
    self.sessionID = sessionID
    self.user = user
    self.isSuspended = isSuspended
    self.isVerified = isVerified
  }
}

/// What a change asks of its session.
public struct SessionState: Equatable, Sendable {
  public let isSuspended: Bool
  public let isVerified: Bool

  public init(isSuspended: Bool, isVerified: Bool) {
    self.isSuspended = isSuspended
    self.isVerified = isVerified
  }
}

/// What a refresh token that was presented turns out to be.
public enum RefreshToken: Sendable {
  /// It gets its session another pair of tokens.
  case valid(AuthenticatedSession)
  /// Its session has gone on without it, so the client that presents it holds a copy.
  case spent(AuthenticatedSession)

  public var session: AuthenticatedSession {
    switch self {
    case .valid(let session), .spent(let session): session
    }
  }
}
