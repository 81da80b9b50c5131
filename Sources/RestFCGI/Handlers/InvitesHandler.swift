// Invite links to a room.
import Chat
import Domain
import Wire

enum InvitesHandler {
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let invites = try context.chat.invites(
      to: context.parameters["room_id"], for: principal, after: try context.query.rowCursor(of: .invites), limit: limit + 1)
    return .page(invites, limit: limit, cursor: { PageCursor(.invites, $0.number) }) { $0.invite($1) }
  }

  static func create(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let request = try context.optionalObject().map(InviteRequest.init)
    let (invite, isNew) = try context.chat.invite(
      to: context.parameters["room_id"], expiresInSeconds: request?.expires_in, uses: request?.uses, by: principal,
      idempotencyKey: context.request[.idempotencyKey])
    return Response(status: isNew ? 201 : 200) { $0.invite(invite) }.located(at: "invites", invite.code.text)
  }

  static func revoke(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.revokeInvite(context.parameters["code"], to: context.parameters["room_id"], by: principal)
    return .noContent
  }

  /// What the holder of a code sees before accepting; for everybody.
  static func preview(_ context: RequestContext) throws -> Response {
    let preview = try context.chat.invitePreview(context.parameters["code"])
    return Response { $0.invitePreview(preview) }.tagged(against: context.request[.ifNoneMatch])
  }

  static func accept(_ context: RequestContext, _ principal: Principal) throws -> Response {
    RoomsHandler.response(try context.chat.acceptInvite(context.parameters["code"], by: principal))
  }
}
