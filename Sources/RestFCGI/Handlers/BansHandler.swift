// Bans: keeping somebody out of a room.
import Chat
import Domain
import Wire

enum BansHandler {
  private struct BanRequest: Decodable {
    let reason: String?
  }

  static func list(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    let cursor = try call.query.cursor(of: .bans)
    let bans = try call.chat.bans(from: call.part(0), for: principal, after: cursor?.numbers[0] ?? 0, limit: limit + 1)
    return .list(bans, limit: limit, cursor: { Cursor(.bans, $0.user.rowID.value) }) { $0.ban($1) }
  }

  static func get(_ call: Call, _ principal: Principal) throws -> Response {
    document(try call.chat.ban(of: call.part(1), from: call.part(0), for: principal), status: 200)
  }

  static func put(_ call: Call, _ principal: Principal) throws -> Response {
    let reason = try call.optionalJSON(BanRequest.self)?.reason
    let (ban, isNew) = try call.chat.ban(call.part(1), from: call.part(0), reason: reason, by: principal)
    return document(ban, status: isNew ? 201 : 200)
  }

  static func delete(_ call: Call, _ principal: Principal) throws -> Response {
    try call.chat.unban(call.part(1), from: call.part(0), by: principal)
    return .noContent
  }

  private static func document(_ ban: Ban, status: Int) -> Response {
    var json = JSONWriter()
    json.ban(ban)
    return Response(status: status, body: json.bytes)
  }
}

extension JSONWriter {
  fileprivate mutating func ban(_ ban: Ban) {
    object { json in
      json.key("user")
      json.user(ban.user)
      json.field("banned_by", ban.bannedBy)
      json.field("reason", ban.reason)
      json.field("created_at", ban.createdAt)
    }
  }
}
