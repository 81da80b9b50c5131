// The pictures of users.
import Chat
import Domain
import HTTPSyntax
import Wire

enum AvatarsHandler {
  static func put(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try UsersHandler.ownUser(try context.chat.setAvatar(try context.upload(), by: principal), context, principal)
  }

  static func delete(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try UsersHandler.ownUser(try context.chat.removeAvatar(by: principal), context, principal)
  }

  static func get(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let version = try context.query.value("v")
    return Response(try context.chat.avatar(of: context.parameters["user_id"], size: try size(context.query), version: version))
  }

  private static func size(_ query: Query) throws(ChatError) -> AvatarSize {
    guard let text = try query.value("size") else { return .large }
    guard let size = Int(digits: text).flatMap(AvatarSize.init(rawValue:)) else {
      throw .invalid("size", "value", AvatarSize.allCases.map { "\($0.rawValue)" }.joined(separator: " or ") + ".")
    }
    return size
  }
}
