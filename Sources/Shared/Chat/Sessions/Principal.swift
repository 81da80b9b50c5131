// Whom a request is authenticated as, and the one way from a credential to it.
import Auth
import Configuration
public import Domain
import SQL
import Store

/// An authenticated user with the session of the request. Only the functions of this file make one.
public struct Principal: Sendable {
  public let session: SessionRowID
  public let sessionID: PublicID
  public let user: User
  /// Whether the user has shown that the account's e-mail address is theirs.
  let isVerified: Bool

  fileprivate init(_ authenticated: AuthenticatedSession) {
    session = authenticated.session
    sessionID = authenticated.sessionID
    user = authenticated.user
    isVerified = authenticated.isVerified
  }

  /// What a credential of this session claims.
  public var claim: SessionClaim { SessionClaim(session: sessionID, user: user.id) }
}

/// The session and the user that a credential names: a verified access token, a redeemed ticket, or a connection that was admitted.
/// Worth nothing until `Chat.principal` has found both in the database.
public struct SessionClaim: Equatable, Sendable {
  public let session: PublicID
  public let user: PublicID

  public init(session: PublicID, user: PublicID) {
    self.session = session
    self.user = user
  }
}

extension Chat {
  /// What an access token claims, verified by signature and times alone. Throws `unauthenticated` or `token_expired`.
  public func claim(ofAccessToken token: String) throws(ChatError) -> (claim: SessionClaim, expiresAtSeconds: Int64) {
    do throws(TokenError) {
      // We signed it, so one from the future says that our clock has been set back since. It must not sign anybody out: the token stays
      // valid if the clock was set back by less than its lifetime; otherwise the client is told to refresh it.
      let claims = try tokens.verify(
        token, nowSeconds: clock.now.milliseconds / 1000, leewaySeconds: max(tokens.lifetimeSeconds, AccessTokenIssuer.clockLeewaySeconds))
      guard let session = PublicID(claims.sessionID), let user = PublicID(claims.userID) else { throw TokenError.invalid(.claimsShape) }
      return (SessionClaim(session: session, user: user), claims.expiresAtSeconds)
    } catch .expired, .invalid(.issuedInFuture) {
      throw ChatError(.tokenExpired, "The access token has expired.")
    } catch {
      throw Self.unauthenticated
    }
  }

  /// The user and session of an access token. Blocks. Throws what `claim` and `principal` throw.
  public func authenticate(accessToken token: String) throws -> Principal {
    try principal(of: try claim(ofAccessToken: token).claim)
  }

  /// The principal of a claim. Blocks. Throws `unauthenticated` or `suspended`.
  public func principal(of claim: SessionClaim) throws -> Principal {
    try readers.read { try Self.principal(of: claim, at: clock.now, $0) }
  }

  /// The one way from a claim to a principal, for REST requests, WebSocket connections and `authenticate` commands: the session exists, is
  /// the claimed user's, and the user is not suspended. Throws `unauthenticated` or `suspended`.
  static func principal(of claim: SessionClaim, at now: Timestamp, _ database: Database) throws -> Principal {
    guard let found = try Sessions.find(claim.session, at: now, database), found.user.id == claim.user else { throw unauthenticated }
    return try principal(of: found)
  }

  /// The principal of a session that its own secret named, a ticket or a refresh token. Throws `suspended`.
  static func principal(of session: AuthenticatedSession) throws -> Principal {
    if session.isSuspended { throw suspended }
    return Principal(session)
  }

  /// Whom a change is for.
  enum ChangeAudience {
    /// Those who may change anything: under ECHOCHAT_REQUIRE_VERIFIED only users with a verified address.
    case verified
    /// Everybody: what signs out, what protects the account, and what leads to a verified address.
    case evenUnverified
  }

  /// Executes a change for a principal. Their session is asked for in the transaction of the change: one that has ended since the request
  /// was authenticated, or whose user is suspended, changes nothing. Blocks. Throws `unauthenticated`, `suspended`, `email_unverified`, or
  /// what the change does.
  func commit<Result: Sendable>(
    as principal: Principal, _ audience: ChangeAudience = .verified, _ change: @escaping Change<Result>
  ) throws -> Result {
    try commit { [self] transaction in
      guard let state = try Sessions.state(of: principal.session, transaction.database) else { throw Self.unauthenticated }
      if state.isSuspended { throw Self.suspended }
      if audience == .verified { try checkMayChange(isVerified: state.isVerified) }
      return try change(transaction)
    }
  }

  /// The one rule of ECHOCHAT_REQUIRE_VERIFIED: without a verified address, users only read. Throws `email_unverified`.
  func checkMayChange(isVerified: Bool) throws(ChatError) {
    guard isVerified || !settings.requiresVerified else { throw .emailUnverified }
  }

  /// Whether a principal only reads, as far as it was known when they were authenticated.
  public func isReadOnly(_ principal: Principal) -> Bool { settings.requiresVerified && !principal.isVerified }

  static let unauthenticated = ChatError(.unauthenticated, "Sign in first.")
  static let suspended = ChatError(.suspended, "This account is suspended.")
}
