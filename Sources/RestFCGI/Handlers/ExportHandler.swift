// All that is known of a user, for herself.
import Chat
import Domain
import Store
import Wire

enum ExportHandler {
  /// Bounded pages: the first has everything but what she has said beyond `messages`, the following ones go on with that.
  static func export(_ call: Call, _ actor: Actor) throws -> Response {
    let cursor = try call.query.cursor(of: .export)
    let dossier = try cursor == nil ? call.chat.dossier(of: actor) : nil
    let portion = try call.chat.messages(saidBy: actor, after: cursor?.numbers[0] ?? 0)
    let body = JSONWriter.object(reservingBytes: 4096 + portion.said.reduce(0) { $0 + $1.json.count + 1 }) { json in
      if let dossier { json.members(of: dossier, actor) }
      json.key("messages")
      json.array { json in
        for said in portion.said { json.raw(said.json) }
      }
      json.field("next_cursor", portion.next.map { Cursor(.export, $0).text })
    }
    return Response(status: 200, body: body)
  }
}

extension JSONWriter {
  fileprivate mutating func members(of dossier: Dossier, _ actor: Actor) {
    key("user")
    user(actor.user)
    field("email", dossier.email)
    field("hide_read_receipts", dossier.hidesReading)
    key("sessions")
    array { json in
      for device in dossier.devices { json.device(device, isCurrent: device.number == actor.session) }
    }
    key("rooms")
    array { json in
      for room in dossier.rooms { json.view(room) }
    }
    key("blocks")
    array { json in
      for block in dossier.blocks { json.block(block) }
    }
  }
}
