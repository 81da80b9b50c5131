// Reactions to a message.
import Chat
import Wire

enum ReactionsHandler {
  static func add(_ call: Call, _ principal: Principal) throws -> Response {
    let change = try call.chat.reacting(with: call.part(2), to: try call.seq(1), in: call.part(0), session: principal.session)
    return Response(status: 200, body: try call.chat.commit(change))
  }

  static func remove(_ call: Call, _ principal: Principal) throws -> Response {
    let change = try call.chat.unreacting(with: call.part(2), to: try call.seq(1), in: call.part(0), session: principal.session)
    return Response(status: 200, body: try call.chat.commit(change))
  }
}
