// A signed-in device.

/// A session as its user sees it in the list of their devices.
package struct Session: Sendable {
  package let rowID: SessionRowID
  package let id: PublicID
  package let userAgent: String
  package let createdAt: Timestamp
  package let usedAt: Timestamp
  package let expiresAt: Timestamp

  package init(
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
package struct AuthenticatedSession: Sendable {
  package let session: SessionRowID
  package let sessionID: PublicID
  package let user: User
  package let isSuspended: Bool

  package init(session: SessionRowID, sessionID: PublicID, user: User, isSuspended: Bool) {
    self.session = session
    self.sessionID = sessionID
    self.user = user
    self.isSuspended = isSuspended
  }
}

/// What a refresh token that was presented turns out to be.
package enum RefreshToken: Sendable {
  case current(AuthenticatedSession)
  /// It was exchanged before, so the client that presents it holds a copy.
  case reused(SessionRowID, of: UserRowID)
}
