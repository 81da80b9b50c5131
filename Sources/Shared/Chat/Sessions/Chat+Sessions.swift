// Signed-in devices: who asks, and signing them out.
package import Auth
package import Domain
import SQL
import Store

extension Chat {
  /// What an access token claims, by its signature and times alone. Throws `unauthenticated` or `token_expired`.
  package func claims(ofAccessToken token: String) throws(ChatError) -> AccessClaims {
    do {
      return try tokens.verify(token, nowSeconds: Timestamp.now.milliseconds / 1000)
    } catch .expired {
      throw ChatError(.tokenExpired, "The access token has expired.")
    } catch {
      throw Self.unauthenticated
    }
  }

  /// Who bears an access token: its session must still stand in the database.
  package func authenticate(accessToken token: String) throws -> Principal {
    try principal(of: try claims(ofAccessToken: token))
  }

  private func principal(of claims: AccessClaims) throws -> Principal {
    guard let session = PublicID(claims.sessionID), let holder = try readers.read({ try Sessions.holder(session, at: .now, $0) }),
      holder.user.id.text == claims.userID
    else { throw Self.unauthenticated }
    if holder.isSuspended { throw Self.suspended }
    return Principal(holder)
  }

  /// Why a session has no access to a room: it has ended, its user is suspended, or there is no such room.
  static func refusal(of session: SessionRowID, _ database: Database) throws -> ChatError {
    switch try Sessions.isSuspended(session, database) {
    case nil: unauthenticated
    case true?: suspended
    case false?: .notFound
    }
  }

  static let unauthenticated = ChatError(.unauthenticated, "Sign in first.")

  package func devices(of principal: Principal) throws -> [Session] {
    try readers.read { try Sessions.devices(of: principal.user.rowID, at: .now, $0) }
  }

  /// Ends the session that asks: its tokens are dead at once, its WebSockets are closed.
  package func logOut(_ principal: Principal) throws {
    try commit { try Sessions.end(principal.session, of: principal.user.rowID, at: .now, $0) }
  }

  /// Signs another device of the same user out.
  package func endSession(_ id: String, by principal: Principal) throws {
    try commit { transaction in
      guard let id = PublicID(id), let holder = try Sessions.holder(id, at: .now, transaction.database),
        holder.user.rowID == principal.user.rowID
      else { throw ChatError.notFound }
      try Sessions.end(holder.session, of: principal.user.rowID, at: .now, transaction)
    }
  }

  /// Life of a ticket for `/ws?ticket=`.
  package static let ticketSeconds: Int64 = 30

  /// A single-use ticket: a URL that carries it gives nothing away once it has been used.
  package func makeTicket(for principal: Principal) throws -> String {
    let ticket = OpaqueToken.make()
    try commit {
      try Sessions.insertTicket(hash: ticket.hash, session: principal.session, expiresAt: .now + .seconds(Self.ticketSeconds), $0)
    }
    return ticket.token
  }

  /// Uses a ticket up.
  package func takingTicket(_ ticket: String) throws(ChatError) -> Change<PublicID> {
    guard let hash = OpaqueToken.hash(of: ticket) else { throw Self.unauthenticated }
    return { transaction in
      guard let holder = try Sessions.takeTicket(hash: hash, at: .now, transaction) else { throw Self.unauthenticated }
      return holder.sessionID
    }
  }
}
