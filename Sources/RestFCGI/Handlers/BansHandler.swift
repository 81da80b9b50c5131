// Bans from a room.
import Chat
import Domain
import Wire

enum BansHandler {
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let bans = try context.chat.bans(
      from: context.parameters["room_id"], for: principal, after: try context.query.rowCursor(of: .bans), limit: limit + 1)
    return .page(bans, limit: limit, cursor: { PageCursor(.bans, $0.user.rowID.value) }) { $0.ban($1) }
  }

  static func get(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let parameters = context.parameters
    let ban = try context.chat.ban(of: parameters["user_id"], from: parameters["room_id"], for: principal)
    return Response { $0.ban(ban) }
  }

  static func put(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let parameters = context.parameters
    let reason = try context.optionalJSON(BanRequest.self)?.reason
    let (ban, isNew) = try context.chat.ban(parameters["user_id"], from: parameters["room_id"], reason: reason, by: principal)
    return Response(status: isNew ? 201 : 200) { $0.ban(ban) }
      .located(at: "rooms", parameters["room_id"], "bans", ban.user.id.text)
  }

  static func delete(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.unban(context.parameters["user_id"], from: context.parameters["room_id"], by: principal)
    return .noContent
  }
}
