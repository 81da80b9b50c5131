// The whole state in one go.
import Chat
import Domain
import Wire

enum SyncHandler {
  static func snapshot(_ call: Call, _ principal: Principal) throws -> Response {
    let snapshot = try call.chat.snapshot(for: principal)
    let body = JSONWriter.object(reservingBytes: 512 + 1024 * snapshot.rooms.count + 256 * snapshot.users.count) { json in
      json.key("me")
      json.user(principal.user)
      json.key("rooms")
      json.array { json in
        for room in snapshot.rooms { json.view(room) }
      }
      json.key("users")
      json.array { json in
        for user in snapshot.users { json.user(user) }
      }
      json.field("cursor", snapshot.cursor)
      json.field("epoch", call.chat.epoch)
    }
    return Response(status: 200, body: body)
  }
}
