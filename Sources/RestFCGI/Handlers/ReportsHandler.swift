// Reports: bringing a message before the moderators of its room.
import Chat
import Domain
import Wire

enum ReportsHandler {
  private struct ReportRequest: Decodable {
    let reason: String?
  }

  static func report(_ call: Call, _ principal: Principal) throws -> Response {
    let seq = try call.seq(1)
    let reason = try call.optionalJSON(ReportRequest.self)?.reason
    let isNew = try call.chat.report(seq, in: call.part(0), reason: reason, by: principal)
    let body = JSONWriter.object { json in
      json.field("room_id", call.part(0))
      json.field("seq", seq)
    }
    return Response(status: isNew ? 201 : 200, body: body)
  }

  static func list(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    let cursor = try call.query.cursor(of: .reports)
    let reports = try call.chat.reports(in: call.part(0), for: principal, after: cursor?.numbers[0] ?? 0, limit: limit + 1)
    return .list(reports, limit: limit, cursor: { Cursor(.reports, $0.number) }) { json, report in
      json.object { json in
        json.field("seq", report.seq)
        json.key("reporter")
        json.user(report.reporter)
        json.field("reason", report.reason)
        json.field("created_at", report.createdAt)
        json.field("message", raw: report.message)
      }
    }
  }

  static func settle(_ call: Call, _ principal: Principal) throws -> Response {
    try call.chat.resolveReports(of: try call.seq(1), in: call.part(0), by: principal)
    return .noContent
  }
}
