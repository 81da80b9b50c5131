// Blocks: having nothing to do with somebody.
import Chat
import Domain
import Wire

enum BlocksHandler {
  static func list(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    let cursor = try call.query.cursor(of: .blocks)
    let blocks = try call.chat.blocks(of: principal, after: cursor?.numbers[0] ?? 0, limit: limit + 1)
    return .list(blocks, limit: limit, cursor: { Cursor(.blocks, $0.user.rowID.value) }) { $0.block($1) }
  }

  static func put(_ call: Call, _ principal: Principal) throws -> Response {
    try call.chat.block(call.part(0), by: principal)
    return .noContent
  }

  static func delete(_ call: Call, _ principal: Principal) throws -> Response {
    try call.chat.unblock(call.part(0), by: principal)
    return .noContent
  }
}

extension JSONWriter {
  mutating func block(_ block: Block) {
    object { json in
      json.key("user")
      json.user(block.user)
      json.field("created_at", block.createdAt)
    }
  }
}
