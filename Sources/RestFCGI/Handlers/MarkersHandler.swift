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
}
