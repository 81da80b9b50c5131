// Messages that members have reported to the moderators of their room.
import Chat
import Domain
import Wire

enum ReportsHandler {
  static func create(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let (seq, room) = (try context.seq(), context.parameters["room_id"])
    let reason = try context.optionalJSON(ReportRequest.self)?.reason
    let isNew = try context.chat.report(seq, in: room, reason: reason, by: principal)
    return Response(status: isNew ? 201 : 200) { $0.reportReceived(room: room, seq: seq) }
      .located(at: "rooms", room, "reports", String(seq))
  }

  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let reports = try context.chat.reports(
      in: context.parameters["room_id"], for: principal, after: try context.query.rowCursor(of: .reports), limit: limit + 1)
    return .page(reports, limit: limit, cursor: { PageCursor(.reports, $0.number) }) { $0.report($1) }
  }

  /// Removes all reports of a message.
  static func resolve(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.resolveReports(of: try context.seq(), in: context.parameters["room_id"], by: principal)
    return .noContent
  }
}
