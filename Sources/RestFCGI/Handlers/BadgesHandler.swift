// The unread badges of a user.
import Chat
import Domain
import Wire

enum BadgesHandler {
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let badges = try context.chat.badges(of: principal)
    return Response(reservingBytes: 64 + 80 * badges.count) { $0.badges(badges) }
  }
}
