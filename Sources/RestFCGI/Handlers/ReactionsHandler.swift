// Reactions to a message.
import Chat
import Wire

enum ReactionsHandler {
  static func add(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let parameters = context.parameters
    let change = try context.chat.reacting(
      with: parameters["emoji"], to: try context.seq(), in: parameters["room_id"], session: principal.session)
    return Response(status: 200, body: try context.chat.commit(change))
  }

  static func remove(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let parameters = context.parameters
    let change = try context.chat.unreacting(
      with: parameters["emoji"], to: try context.seq(), in: parameters["room_id"], session: principal.session)
    return Response(status: 200, body: try context.chat.commit(change))
  }
}
