// Messages: reading and saying.
import Chat
import Domain
import Wire

enum MessagesHandler {
  private struct Edit: Decodable {
    let content: String
  }

  /// The hot path: a page is made of messages whose JSON was composed when they were written.
  static func page(_ call: Call, _ principal: Principal) throws -> Response {
    let window = try window(call.query)
    let page = try call.chat.page(of: call.part(0), window, limit: try call.query.limit(), for: principal)
    var body = [UInt8]()
    body.reserveCapacity(page.json.count + 64)
    body += "{\"messages\":[".utf8
    body += page.json
    body += (page.hasBefore ? "],\"has_before\":true" : "],\"has_before\":false").utf8
    body += (page.hasAfter ? ",\"has_after\":true}" : ",\"has_after\":false}").utf8
    return Response(status: 200, body: body)
  }

  private static func window(_ query: Query) throws(ChatError) -> MessageRange {
    let (before, after, around) = (try query.number("before"), try query.number("after"), try query.number("around"))
    switch (before, after, around) {
    case (nil, nil, nil): return .latest
    case (let seq?, nil, nil): return .before(seq)
    case (nil, let seq?, nil): return .after(seq)
    case (nil, nil, let seq?): return .around(seq)
    default: throw .invalid(before == nil ? "around" : "before", "conflict", "Only one of before, after and around.")
    }
  }

  static func post(_ call: Call, _ principal: Principal) throws -> Response {
    var message = try NewMessage(try call.object())
    if let key = call.request[.idempotencyKey] {
      guard message.client_id ?? key == key else {
        throw ChatError.invalid("client_id", "conflict", "client_id and Idempotency-Key are the same thing, and differ.")
      }
      message.client_id = try ClientID(key, field: "Idempotency-Key").text
    }
    let posted = try call.chat.commit(try call.chat.posting(message, to: call.part(0), session: principal.session))
    return Response(status: posted.isNew ? 201 : 200, body: posted.json)
  }

  static func get(_ call: Call, _ principal: Principal) throws -> Response {
    Response(status: 200, body: try call.chat.message(try call.seq(1), in: call.part(0), for: principal))
  }

  static func edit(_ call: Call, _ principal: Principal) throws -> Response {
    let seq = try call.seq(1)
    let content = try call.json(Edit.self).content
    return Response(
      status: 200, body: try call.chat.commit(try call.chat.editing(seq, in: call.part(0), content: content, session: principal.session)))
  }

  static func delete(_ call: Call, _ principal: Principal) throws -> Response {
    let change = try call.chat.deleting(try call.seq(1), in: call.part(0), session: principal.session)
    return Response(status: 200, body: try call.chat.commit(change))
  }

  /// Who has it.
  static func receipts(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    let cursor = try call.query.cursor(of: .receipts)
    let receipts = try call.chat.receipts(
      of: try call.seq(1), in: call.part(0), for: principal, after: cursor?.numbers[0] ?? 0, limit: limit + 1)
    return .list(receipts, limit: limit, cursor: { Cursor(.receipts, $0.rowID.value) }) { json, receipt in
      json.object { json in
        json.field("user_id", receipt.user)
        json.field("state", receipt.state?.word ?? "sent")
        json.field("at", receipt.at)
      }
    }
  }
}
