// The messages that a user has saved.
import Chat
import Domain
import Wire

enum SavedMessagesHandler {
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let cursor = try context.query.cursor(of: .saved)?.numbers[0]
    let saved = try context.chat.savedMessages(of: principal, before: cursor, limit: limit + 1)
    return .page(saved, limit: limit, cursor: { PageCursor(.saved, $0.number) }) { $0.savedMessage($1) }
  }

  static func put(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.saveMessage(try context.seq(), isSaved: true, in: context.parameters["room_id"], by: principal)
    return .noContent
  }

  static func delete(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.saveMessage(try context.seq(), isSaved: false, in: context.parameters["room_id"], by: principal)
    return .noContent
  }
}
