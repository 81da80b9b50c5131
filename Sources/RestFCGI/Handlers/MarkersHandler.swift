// How far a member has read a room.
import Chat
import Domain
import Wire

enum MarkersHandler {
  /// Moves the read markers forward; the response is `me` of the room.
  static func update(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let update = try ReadMarkersUpdate(try context.object())
    return Response(
      status: 200, body: try context.chat.updateReadMarkers(update, in: context.parameters["room_id"], session: principal.session))
  }

  /// Marks the room as unread from a message on; the response is `me` of the room.
  static func markUnread(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let seq = try MarkedUnreadRequest(try context.object()).seq
    return Response(status: 200, body: try context.chat.markUnread(from: seq, in: context.parameters["room_id"], by: principal))
  }

  static func unmarkUnread(_ context: RequestContext, _ principal: Principal) throws -> Response {
    _ = try context.chat.markUnread(from: nil, in: context.parameters["room_id"], by: principal)
    return .noContent
  }
}
