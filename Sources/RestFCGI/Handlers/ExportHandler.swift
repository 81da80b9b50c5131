// All that is known of a user, for herself.
import Chat
import Domain
import Wire

enum ExportHandler {
  /// Bounded pages: the first has everything but what she has said beyond `messages`, the following ones go on with that.
  static func export(_ call: Call, _ principal: Principal) throws -> Response {
    let cursor = try call.query.cursor(of: .export)
    let accountExport = try cursor == nil ? call.chat.accountExport(of: principal) : nil
    let portion = try call.chat.messages(by: principal, after: cursor?.numbers[0] ?? 0)
    let body = JSONWriter.object(reservingBytes: 4096 + portion.messages.reduce(0) { $0 + $1.json.count + 1 }) { json in
      if let accountExport { json.members(of: accountExport, principal) }
      json.key("messages")
      json.array { json in
        for said in portion.messages { json.raw(said.json) }
      }
      json.field("next_cursor", portion.next.map { Cursor(.export, $0).text })
    }
    return Response(status: 200, body: body)
  }
}

extension JSONWriter {
  fileprivate mutating func members(of accountExport: AccountExport, _ principal: Principal) {
    key("user")
    user(principal.user)
    field("email", accountExport.email)
    field("hide_read_receipts", accountExport.hidesReadReceipts)
    key("sessions")
    array { json in
      for device in accountExport.sessions { json.device(device, isCurrent: device.rowID == principal.session) }
    }
    key("rooms")
    array { json in
      for room in accountExport.rooms { json.view(room) }
    }
    key("blocks")
    array { json in
      for block in accountExport.blocks { json.block(block) }
    }
  }
}
