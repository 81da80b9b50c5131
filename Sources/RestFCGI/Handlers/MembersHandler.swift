// Members: who is in a room, and coming and going.
import Chat
import Domain
import Wire

enum MembersHandler {
  private struct Admission: Decodable {
    let role: String?

    enum Key: String, CodingKey { case role }

    /// The role may be left out, but it may not be null: that is no role.
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      role = container.contains(.role) ? try container.decode(String.self, forKey: .role) : nil
    }
  }

  static func list(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    let cursor = try call.query.cursor(of: .members)
    let members = try call.chat.members(of: call.part(0), for: principal, after: cursor?.numbers[0] ?? 0, limit: limit + 1)
    return .list(members, limit: limit, cursor: { Cursor(.members, $0.user.rowID.value) }) { $0.member($1) }
  }

  static func put(_ call: Call, _ principal: Principal) throws -> Response {
    let role = try call.optionalJSON(Admission.self)?.role
    let (member, isNew) = try call.chat.putMember(call.part(1), into: call.part(0), role: role, by: principal)
    var json = JSONWriter()
    json.member(member)
    return Response(status: isNew ? 201 : 200, body: json.bytes)
  }

  static func remove(_ call: Call, _ principal: Principal) throws -> Response {
    try call.chat.removeMember(call.part(1), from: call.part(0), by: principal)
    return .noContent
  }

  static func join(_ call: Call, _ principal: Principal) throws -> Response {
    RoomsHandler.document(try call.chat.join(call.part(0), by: principal))
  }

  static func leave(_ call: Call, _ principal: Principal) throws -> Response {
    try call.chat.leave(call.part(0), by: principal)
    return .noContent
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ member: Member) {
    object { json in
      json.key("user")
      json.user(member.user)
      json.field("role", member.role.word)
      json.field("joined_at", member.joinedAt)
    }
  }
}
