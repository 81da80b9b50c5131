// Users: looking people up.
import Chat
import Domain
import Wire

enum UsersHandler {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Changes: Decodable {
    let hide_read_receipts: Bool?
  }

  static func list(_ call: Call, _ actor: Actor) throws -> Response {
    let limit = try call.query.limit()
    let cursor = try call.query.cursor(of: .users)
    let users = try call.chat.users(prefix: try call.query.value("q") ?? "", after: cursor?.numbers[0] ?? 0, limit: limit + 1)
    return .list(users, limit: limit, cursor: { Cursor(.users, $0.number.number) }) { $0.user($1) }
  }

  static func get(_ call: Call, _ actor: Actor) throws -> Response {
    AccountsHandler.document(try call.chat.user(call.part(0)))
  }

  static func updateMe(_ call: Call, _ actor: Actor) throws -> Response {
    let changes = try call.json(Changes.self)
    if let hides = changes.hide_read_receipts { try call.chat.setHidesReading(hides, by: actor) }
    return try AccountsHandler.me(call, actor)
  }
}
