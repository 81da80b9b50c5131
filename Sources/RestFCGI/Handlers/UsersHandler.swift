// Users: the client's own, all others, and who is online.
import Chat
import Domain
import Wire

enum UsersHandler {
  /// All users; with `q`, those whose names match.
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    if let text = try context.query.value("q"), !text.isEmpty { return try search(text, limit, context) }
    let users = try context.chat.users(after: try context.query.rowCursor(of: .users), limit: limit + 1)
    return .page(users, limit: limit, cursor: { PageCursor(.users, $0.rowID.value) }) { $0.user($1) }
  }

  private static func search(_ text: String, _ limit: Int, _ context: RequestContext) throws -> Response {
    let cursor = try context.query.cursor(of: .userHits).map { UserHitCursor(rank: $0.numbers[0], user: $0.numbers[1]) }
    let hits = try context.chat.users(searchedBy: text, after: cursor, limit: limit + 1)
    return .page(hits, limit: limit, cursor: { PageCursor(.userHits, $0.rank, $0.user.rowID.value) }) { $0.user($1.user) }
  }

  static func get(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let (user, presence) = try context.chat.user(context.parameters["user_id"], for: principal)
    return Response { $0.user(user, presence) }
  }

  static func online(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let online = try context.chat.usersOnline(for: principal, after: try context.query.rowCursor(of: .online), limit: limit + 1)
    return .page(online, limit: limit, cursor: { PageCursor(.online, $0.user.rowID.value) }) { $0.user($1.user, $1.presence) }
  }

  static func getMe(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try ownUser(principal.user, context, principal)
  }

  static func updateMe(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let update = try context.json(ProfileUpdate.self)
    if let email = update.email {
      try context.chat.changeEmail(to: email, password: update.password, by: principal, client: context.request.client)
    }
    var user = principal.user
    if update.display_name != nil || update.status_text != nil {
      user = try context.chat.updateProfile(displayName: update.display_name, statusText: update.status_text, by: principal)
    }
    if let hides = update.hide_read_receipts { try context.chat.setHidesReadReceipts(hides, by: principal) }
    return try ownUser(user, context, principal)
  }

  static func deleteMe(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let deletion = try context.json(AccountDeletion.self)
    try context.chat.deleteAccount(password: deletion.password, by: principal, client: context.request.client)
    return .noContent
  }

  static func ownUser(_ user: User, _ context: RequestContext, _ principal: Principal) throws -> Response {
    let account = try context.chat.ownAccount(of: principal)
    return Response { $0.ownUser(user, account) }
  }
}
