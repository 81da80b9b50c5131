// The sessions of any user, for operators.
import Chat
import Domain
import Wire

enum AdminSessionsHandler {
  /// The most recently used first.
  static func list(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let own: SessionRowID? = if case .user(let principal, _) = `operator` { principal.session } else { nil }
    return try SessionsHandler.page(
      try context.chat.sessions(of: context.account, for: `operator`), context, current: own)
  }

  static func endAll(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let count = try context.chat.endSessions(of: context.account, id: nil, by: `operator`)
    return Response { $0.endedSessions(count) }
  }

  static func end(_ context: RequestContext, _ operator: Operator) throws -> Response {
    _ = try context.chat.endSessions(of: context.account, id: context.parameters["session_id"], by: `operator`)
    return .noContent
  }
}
