// Users: looking people up, and seeing who is here.
import Chat
import Domain
import Wire

enum UsersHandler {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Changes: Decodable {
    let display_name: String?
    let status_text: String?
    let hide_read_receipts: Bool?
  }

  private struct Deletion: Decodable {
    let password: String
  }

  static func list(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    if let text = try call.query.value("q"), !text.isEmpty { return try search(text, limit, call) }
    let cursor = try call.query.cursor(of: .users)
    let users = try call.chat.users(after: cursor?.numbers[0] ?? 0, limit: limit + 1)
    return .list(users, limit: limit, cursor: { Cursor(.users, $0.rowID.value) }) { $0.user($1) }
  }

  private static func search(_ text: String, _ limit: Int, _ call: Call) throws -> Response {
    let cursor = try call.query.cursor(of: .foundUsers).map { UserHitCursor(rank: $0.numbers[0], user: $0.numbers[1]) }
    let hits = try call.chat.users(searchedBy: text, after: cursor, limit: limit + 1)
    return .list(hits, limit: limit, cursor: { Cursor(.foundUsers, $0.rank, $0.user.rowID.value) }) { $0.user($1.user) }
  }

  static func get(_ call: Call, _ principal: Principal) throws -> Response {
    let (user, presence) = try call.chat.user(call.part(0), for: principal)
    var json = JSONWriter()
    json.user(user, presence)
    return Response(status: 200, body: json.bytes)
  }

  static func online(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    let cursor = try call.query.cursor(of: .online)
    let present = try call.chat.usersOnline(for: principal, after: cursor?.numbers[0] ?? 0, limit: limit + 1)
    return .list(present, limit: limit, cursor: { Cursor(.online, $0.user.rowID.value) }) { $0.user($1.user, $1.presence) }
  }

  static func updateMe(_ call: Call, _ principal: Principal) throws -> Response {
    let changes = try call.json(Changes.self)
    let user = try call.chat.updateProfile(displayName: changes.display_name, statusText: changes.status_text, by: principal)
    if let hides = changes.hide_read_receipts { try call.chat.setHidesReadReceipts(hides, by: principal) }
    return AccountsHandler.ownDocument(user, hidesReading: try call.chat.hidesReadReceipts(principal))
  }

  static func deleteMe(_ call: Call, _ principal: Principal) throws -> Response {
    try call.chat.deleteAccount(password: try call.json(Deletion.self).password, by: principal)
    return .noContent
  }
}
