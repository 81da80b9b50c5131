// Which messages of a room a member is notified of.
import Chat
import Domain
import Wire

enum NotificationSettingsHandler {
  /// The response is `me` of the room.
  static func update(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let update = try context.json(NotificationSettingsRequest.self).update()
    return Response(
      status: 200, body: try context.chat.updateNotificationSettings(update, in: context.parameters["room_id"], by: principal))
  }
}
