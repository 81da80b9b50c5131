// Whom a request is authenticated as.
package import Domain

/// An authenticated user with the session of the request.
package struct Principal: Sendable {
  package let session: SessionRowID
  package let sessionID: PublicID
  package let user: User

  init(_ authenticated: AuthenticatedSession) {
    session = authenticated.session
    sessionID = authenticated.sessionID
    user = authenticated.user
  }
}
