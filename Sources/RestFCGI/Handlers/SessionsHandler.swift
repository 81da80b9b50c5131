// The sessions of a user: one for each signed-in device.
import Chat
import Domain
import Wire

enum SessionsHandler {
  /// Ends the session of the access token; in a browser whose access token has expired, that of the refresh cookie.
  static func logOut(_ context: RequestContext) throws -> Response {
    do {
      try context.chat.logOut(try Authentication.principal(of: context.request, context.chat), client: context.request.client)
    } catch let error as ChatError where error.code == .unauthenticated || error.code == .tokenExpired {
      guard let token = try RefreshCookie.guardedToken(of: context.request) else { throw error }
      try context.chat.endSession(ofToken: token, client: context.request.client)
    }
    return RefreshCookie.clear(in: .noContent, for: context.request, context.chat)
  }

  /// Ends the session of a token of any kind, by JSON or by the form of RFC 7009. A token that is unknown, or whose session has ended
  /// already, gets the same answer.
  static func revoke(_ context: RequestContext) throws -> Response {
    let request = try context.form().map { try RevocationRequest(form: $0.value) } ?? context.json(RevocationRequest.self)
    try context.chat.endSession(ofToken: request.token, client: context.request.client)
    return Response { $0.object { _ in } }
  }

  /// The most recently used first.
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try page(try context.chat.sessions(of: principal), context, current: principal.session)
  }

  /// A page of a user's sessions, which are given in their order.
  static func page(_ sessions: [Session], _ context: RequestContext, current: SessionRowID?) throws -> Response {
    let limit = try context.query.limit()
    let cursor = try context.query.cursor(of: .sessions)
    let sessions = sessions.filter { session in
      guard let cursor else { return true }
      return (session.usedAt.milliseconds, session.rowID.value) < (cursor.numbers[0], cursor.numbers[1])
    }
    return .page(sessions, limit: limit, cursor: { PageCursor(.sessions, $0.usedAt.milliseconds, $0.rowID.value) }) { json, session in
      json.session(session, isCurrent: session.rowID == current)
    }
  }

  static func end(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.endSession(context.parameters["session_id"], by: principal, client: context.request.client)
    return .noContent
  }

  static func endOthers(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.endOtherSessions(by: principal, client: context.request.client)
    return .noContent
  }

  /// A ticket for `/ws?ticket=`.
  static func createTicket(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let ticket = try context.chat.issueTicket(for: principal)
    return Response { $0.ticket(ticket, expiresInSeconds: Chat.ticketSeconds) }
  }
}
