// What a member has not sent yet.
import Chat
import Wire

enum DraftsHandler {
  static func put(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let draft = try DraftRequest(try context.object())
    let json = try context.chat.setDraft(draft.content, replyTo: draft.reply_to, in: context.parameters["room_id"], by: principal)
    return Response(status: 200, body: json)
  }

  static func delete(_ context: RequestContext, _ principal: Principal) throws -> Response {
    _ = try context.chat.setDraft("", replyTo: nil, in: context.parameters["room_id"], by: principal)
    return .noContent
  }
}
