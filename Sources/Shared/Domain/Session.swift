// A signed-in device.

/// A session as its user sees it in the list of their devices.
public struct Session: Sendable {
  public let rowID: SessionRowID
  public let id: PublicID
  public let userAgent: String
  public let createdAt: Timestamp
  public let usedAt: Timestamp
  public let expiresAt: Timestamp

  public init(
    rowID: SessionRowID, id: PublicID, userAgent: String, createdAt: Timestamp, usedAt: Timestamp, expiresAt: Timestamp
  ) {
    self.rowID = rowID
    self.id = id
    self.userAgent = userAgent
    self.createdAt = createdAt
    self.usedAt = usedAt
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
