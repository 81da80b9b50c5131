// The user's invitations to rooms.
import Chat
import Domain
import Wire

enum InvitationsHandler {
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let cursor = try context.query.cursor(of: .invitations)?.numbers[0] ?? .max
    let invitations = try context.chat.invitations(of: principal, before: cursor, limit: limit + 1)
    return .page(invitations, limit: limit, cursor: { PageCursor(.invitations, $0.position) }) { $0.invitation($1) }
  }

  static func accept(_ context: RequestContext, _ principal: Principal) throws -> Response {
    RoomsHandler.response(try context.chat.acceptInvitation(to: context.parameters["room_id"], by: principal))
  }

  static func decline(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.declineInvitation(to: context.parameters["room_id"], by: principal)
    return .noContent
  }
}
