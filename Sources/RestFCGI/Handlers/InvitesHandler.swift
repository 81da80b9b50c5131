// Invitations by link.
import Chat
import Domain
import Wire

enum InvitesHandler {
  // Named as on the wire, so that no key table is needed beside it.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Invitation: Decodable {
    let expires_in: Int64?
    let uses: Int64?
  }

  static func list(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    let cursor = try call.query.cursor(of: .invites)
    let invites = try call.chat.invites(to: call.part(0), for: principal, after: cursor?.numbers[0] ?? 0, limit: limit + 1)
    return .list(invites, limit: limit, cursor: { Cursor(.invites, $0.number) }) { $0.invite($1) }
  }

  static func make(_ call: Call, _ principal: Principal) throws -> Response {
    let wanted = try call.optionalJSON(Invitation.self)
    let (invite, isNew) = try call.chat.invite(
      to: call.part(0), expiresInSeconds: wanted?.expires_in, uses: wanted?.uses, by: principal,
      idempotencyKey: call.request[.idempotencyKey])
    var json = JSONWriter()
    json.invite(invite)
    return Response(status: isNew ? 201 : 200, body: json.bytes)
  }

  static func revoke(_ call: Call, _ principal: Principal) throws -> Response {
    try call.chat.revokeInvite(call.part(1), to: call.part(0), by: principal)
    return .noContent
  }

  static func accept(_ call: Call, _ principal: Principal) throws -> Response {
    RoomsHandler.document(try call.chat.acceptInvite(call.part(0), by: principal))
  }
}

extension JSONWriter {
  fileprivate mutating func invite(_ invite: Invite) {
    object { json in
      json.field("code", invite.code)
      json.field("room_id", invite.roomID)
      json.field("created_by", invite.createdBy)
      json.field("created_at", invite.createdAt)
      json.field("expires_at", invite.expiresAt)
      json.field("uses_left", invite.usesLeft)
    }
  }
}
