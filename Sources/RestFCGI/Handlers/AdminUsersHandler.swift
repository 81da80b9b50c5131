// Accounts, for operators.
import Chat
import Domain
import Wire

enum AdminUsersHandler {
  static func list(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let limit = try context.query.limit()
    let accounts = try context.chat.accounts(
      after: try context.query.rowCursor(of: .accounts), limit: limit + 1, for: `operator`)
    return .page(accounts, limit: limit, cursor: { PageCursor(.accounts, $0.user.rowID.value) }) { $0.account($1) }
  }

  static func create(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let new = try context.json(NewAccount.self)
    let (account, isNew) = try context.chat.makeAccount(
      username: new.username, password: new.password, email: new.email, displayName: new.display_name,
      isOperator: new.operator ?? false, idempotencyKey: context.request[.idempotencyKey], by: `operator`)
    return response(account, status: isNew ? 201 : 200).located(at: "admin", "users", account.user.id.text)
  }

  static func get(_ context: RequestContext, _ operator: Operator) throws -> Response {
    response(try context.chat.account(context.account, for: `operator`))
  }

  /// Renames a user.
  static func update(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let update = try context.json(AccountUpdate.self)
    return response(try context.chat.rename(context.account, to: update.username, by: `operator`))
  }

  static func delete(_ context: RequestContext, _ operator: Operator) throws -> Response {
    try context.chat.deleteAccount(context.account, by: `operator`)
    return .noContent
  }

  static func suspend(_ context: RequestContext, _ operator: Operator) throws -> Response {
    _ = try context.chat.suspend(context.account, by: `operator`)
    return .noContent
  }

  static func unsuspend(_ context: RequestContext, _ operator: Operator) throws -> Response {
    _ = try context.chat.unsuspend(context.account, by: `operator`)
    return .noContent
  }

  static func makeOperator(_ context: RequestContext, _ operator: Operator) throws -> Response {
    _ = try context.chat.setOperator(true, context.account, by: `operator`)
    return .noContent
  }

  static func unmakeOperator(_ context: RequestContext, _ operator: Operator) throws -> Response {
    _ = try context.chat.setOperator(false, context.account, by: `operator`)
    return .noContent
  }

  static func setPassword(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let request = try context.json(NewPasswordRequest.self)
    try context.chat.setPassword(request.password, of: context.account, by: `operator`)
    return .noContent
  }

  static func makePasswordLink(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let link = try context.chat.makePasswordLink(for: context.account, by: `operator`)
    return Response { $0.passwordLink(link) }
  }

  private static func response(_ account: Account, status: Int = 200) -> Response {
    Response(status: status, reservingBytes: 512) { $0.account(account) }
  }
}

extension RequestContext {
  /// The account in the path.
  var account: AccountReference { .id(parameters["user_id"]) }
}
