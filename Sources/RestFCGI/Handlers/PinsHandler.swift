// The pinned messages of a room.
import Chat
import Domain
import Wire

enum PinsHandler {
  /// All of them: there are few.
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let pinned = try context.chat.pinnedMessages(in: context.parameters["room_id"], for: principal)
    return .page(pinned, next: nil, itemBytes: 640) { $0.pinnedMessage($1) }
  }

  static func put(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try pin(true, context, principal)
  }

  static func delete(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try pin(false, context, principal)
  }

  private static func pin(_ isPinned: Bool, _ context: RequestContext, _ principal: Principal) throws -> Response {
    let change = try context.chat.pinning(
      try context.seq(), isPinned: isPinned, in: context.parameters["room_id"], session: principal.session)
    _ = try context.chat.commit(change)
    return .noContent
  }
}
