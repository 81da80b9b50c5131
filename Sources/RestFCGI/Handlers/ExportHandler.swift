// Everything that is stored about a user, for that user.
import Chat
import Domain
import Wire

enum ExportHandler {
  /// Bounded pages: the first has the account and the first messages, the following ones have further messages.
  static func export(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let cursor = try context.query.cursor(of: .export)
    let account = try cursor == nil ? context.chat.accountExport(of: principal) : nil
    let batch = try context.chat.messages(by: principal, after: cursor?.numbers[0] ?? 0)
    let next = batch.next.map { PageCursor(.export, $0) }
    return Response(next: next, reservingBytes: 4096 + batch.messages.reduce(0) { $0 + $1.json.count + 1 }) { json in
      json.exportPage(
        of: principal.user, account, currentSession: principal.session, messages: batch.messages,
        nextCursor: next?.text)
    }
  }
}
