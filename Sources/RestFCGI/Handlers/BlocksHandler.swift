// The users whom a user has blocked.
import Chat
import Domain
import Wire

enum BlocksHandler {
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let blocks = try context.chat.blocks(of: principal, after: try context.query.rowCursor(of: .blocks), limit: limit + 1)
    return .page(blocks, limit: limit, cursor: { PageCursor(.blocks, $0.user.rowID.value) }) { $0.block($1) }
  }

  static func put(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.block(context.parameters["user_id"], by: principal)
    return .noContent
  }

  static func delete(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.unblock(context.parameters["user_id"], by: principal)
    return .noContent
  }
}
