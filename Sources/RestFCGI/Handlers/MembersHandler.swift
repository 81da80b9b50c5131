// The members of a room.
import Chat
import Domain
import Wire

enum MembersHandler {
  /// Members; with `q`, those whose names match; with `marks=1`, how far each has come.
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let withMarks = try context.query.flag("marks")
    let members = try context.chat.members(
      of: context.parameters["room_id"], searchedBy: try context.query.value("q"), for: principal,
      after: try context.query.rowCursor(of: .members), limit: limit + 1)
    return .page(members, limit: limit, cursor: { PageCursor(.members, $0.user.rowID.value) }) { $0.member($1, withMarks: withMarks) }
  }

  /// Adds a member, or changes a member's role. 202 if the user is invited instead.
  static func put(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let parameters = context.parameters
    let role = try context.optionalJSON(MemberRequest.self)?.role
    let (member, isNew, isInvited) = try context.chat.putMember(
      parameters["user_id"], into: parameters["room_id"], role: role, by: principal)
    if isInvited { return Response(status: 202) { $0.invitedMember(member) } }
    return Response(status: isNew ? 201 : 200) { $0.member(member) }
      .located(at: "rooms", parameters["room_id"], "members", member.user.id.text)
  }

  static func remove(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.removeMember(context.parameters["user_id"], from: context.parameters["room_id"], by: principal)
    return .noContent
  }

  static func join(_ context: RequestContext, _ principal: Principal) throws -> Response {
    RoomsHandler.response(try context.chat.join(context.parameters["room_id"], by: principal))
  }

  static func leave(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.leave(context.parameters["room_id"], by: principal)
    return .noContent
  }
}
