// Whom a request is authenticated as.
public import Domain

/// An authenticated user with the session of the request.
public struct Principal: Sendable {
  public let session: SessionRowID
  public let sessionID: PublicID
  public let user: User

  init(_ authenticated: AuthenticatedSession) {
    session = authenticated.session
    sessionID = authenticated.sessionID
    user = authenticated.user
  }
}
