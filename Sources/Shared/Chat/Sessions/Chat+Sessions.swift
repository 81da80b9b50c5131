// Sessions and single-use tickets.
import Auth
public import Domain
import SQL
import Store

extension Chat {
  /// Why a session has no access to a room: it has ended, its user is suspended, or the room does not exist.
  static func accessError(of session: SessionRowID, _ database: Database) throws -> ChatError {
    guard let state = try Sessions.state(of: session, database) else { return unauthenticated }
    return state.isSuspended ? suspended : .notFound
  }

  /// The principal's active sessions.
  public func sessions(of principal: Principal) throws -> [Session] {
    try readers.read { try Sessions.list(of: principal.user.rowID, at: clock.now, $0) }
  }

  /// Ends the principal's session: its tokens are invalid at once, and its WebSockets are closed. `client` is the address of the request.
  public func logOut(_ principal: Principal, client: String? = nil) throws {
    try commit(as: principal, .evenUnverified) { transaction in
      let user = principal.user.rowID
      try Sessions.end(principal.session, of: user, at: transaction.now, transaction)
      try AuditLog.record(.signOut, by: .user(user), user: user, address: client, transaction)
    }
  }

  /// Ends all sessions of the principal but their own, and closes their WebSockets.
  public func endOtherSessions(by principal: Principal, client: String? = nil) throws {
    try commit(as: principal, .evenUnverified) { transaction in
      let user = principal.user.rowID
      let count = try Sessions.endOthers(of: user, than: principal.session, at: transaction.now, transaction)
      guard count > 0 else { return }
      try AuditLog.record(.sessionEnded, by: .user(user), user: user, address: client, detail: "all \(count) others", transaction)
    }
  }

  /// Ends another session of the same user.
  public func endSession(_ id: String, by principal: Principal, client: String? = nil) throws {
    try commit(as: principal, .evenUnverified) { transaction in
      guard let id = PublicID(id), let other = try Sessions.find(id, at: transaction.now, transaction.database),
        other.user.rowID == principal.user.rowID
      else { throw ChatError.notFound }
      let user = principal.user.rowID
      try Sessions.end(other.session, of: user, at: transaction.now, transaction)
      let action = other.session == principal.session ? AuditAction.signOut : .sessionEnded
      try AuditLog.record(action, by: .user(user), user: user, address: client, transaction)
    }
  }

  /// Lifetime of a ticket for `/ws?ticket=`.
  public static let ticketSeconds: Int64 = 30

  /// Issues a single-use ticket: a URL with a used ticket discloses nothing.
  public func issueTicket(for principal: Principal) throws -> String {
    let ticket = OpaqueToken.make()
    try commit(as: principal, .evenUnverified) {
      try Sessions.insertTicket(hash: ticket.hash, session: principal.session, expiresAt: $0.now + .seconds(Self.ticketSeconds), $0)
    }
    return ticket.token
  }

  /// The change that redeems a ticket. Returns what the ticket claims. Throws `unauthenticated` or `suspended`.
  public func redeemingTicket(_ ticket: String) throws(ChatError) -> Change<SessionClaim> {
    guard let hash = OpaqueToken.hash(of: ticket) else { throw Self.unauthenticated }
    return { transaction in
      guard let holder = try Sessions.takeTicket(hash: hash, at: transaction.now, transaction) else { throw Self.unauthenticated }
      return try Self.principal(of: holder).claim
    }
  }
}
