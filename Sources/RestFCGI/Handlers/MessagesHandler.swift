// Reading, posting and changing messages.
import Chat
import Domain
import Wire

enum MessagesHandler {
  /// The hot path: a page is made of messages whose JSON was composed when they were written.
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let range = try range(context.query)
    let page = try context.chat.page(of: context.parameters["room_id"], range, limit: try context.query.limit(), for: principal)
    var response = Response(status: 200, body: JSONWriter.messagePage(page))
    response.links = links(of: page)
    return response
  }

  private static func links(of page: MessagePage) -> [PageLink] {
    guard page.count > 0 else { return [] }
    var links: [PageLink] = []
    if page.hasAfter {
      links.append(PageLink(relation: .next, parameter: "after", value: String(page.firstSeq + Int64(page.count) - 1)))
    }
    if page.hasBefore { links.append(PageLink(relation: .previous, parameter: "before", value: String(page.firstSeq))) }
    return links
  }

  private static func range(_ query: Query) throws(ChatError) -> MessageRange {
    let (before, after, around) = (try query.number("before"), try query.number("after"), try query.number("around"))
    switch (before, after, around) {
    case (nil, nil, nil): return .latest
    case (let seq?, nil, nil): return .before(seq)
    case (nil, let seq?, nil): return .after(seq)
    case (nil, nil, let seq?): return .around(seq)
    default: throw .invalid(before == nil ? "around" : "before", "conflict", "Only one of before, after and around.")
    }
  }

  static func post(_ context: RequestContext, _ principal: Principal) throws -> Response {
    var message = try NewMessage(try context.object())
    if let key = context.request[.idempotencyKey] { try message.setIdempotencyKey(key) }
    let change = try context.chat.posting(message, to: context.parameters["room_id"], session: principal.session)
    let posted = try context.chat.commit(change)
    return Response(status: posted.isNew ? 201 : 200, body: posted.json)
      .located(at: "rooms", context.parameters["room_id"], "messages", String(posted.seq))
  }

  static func get(_ context: RequestContext, _ principal: Principal) throws -> Response {
    Response(status: 200, body: try context.chat.message(try context.seq(), in: context.parameters["room_id"], for: principal))
  }

  static func edit(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let seq = try context.seq()
    let content = try context.json(MessageUpdate.self).content
    let change = try context.chat.editing(seq, in: context.parameters["room_id"], content: content, session: principal.session)
    return Response(status: 200, body: try context.chat.commit(change))
  }

  static func delete(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let change = try context.chat.deleting(try context.seq(), in: context.parameters["room_id"], session: principal.session)
    return Response(status: 200, body: try context.chat.commit(change))
  }

  /// The messages that reply to a message.
  static func replies(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let replies = try context.chat.replies(
      to: try context.seq(), in: context.parameters["room_id"], for: principal, after: try context.query.rowCursor(of: .replies),
      limit: limit + 1)
    return .page(replies, limit: limit, cursor: { PageCursor(.replies, $0.seq) }) { $0.raw($1.json) }
  }

  /// How far each member has come with a message.
  static func receipts(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let cursor = try context.query.rowCursor(of: .receipts)
    let receipts = try context.chat.receipts(
      of: try context.seq(), in: context.parameters["room_id"], for: principal, after: cursor, limit: limit + 1)
    return .page(receipts, limit: limit, cursor: { PageCursor(.receipts, $0.rowID.value) }) { $0.receipt($1) }
  }
}
