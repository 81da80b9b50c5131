// Codes that let people register, for operators.
import Chat
import Domain
import Wire

enum RegistrationCodesHandler {
  static func list(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let limit = try context.query.limit()
    let codes = try context.chat.registrationCodes(
      after: try context.query.rowCursor(of: .registrationCodes), limit: limit + 1, for: `operator`)
    return .page(codes, limit: limit, cursor: { PageCursor(.registrationCodes, $0.number) }) { $0.registrationCode($1) }
  }

  static func create(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let request = try context.optionalObject().map(RegistrationCodeRequest.init)
    let (code, isNew) = try context.chat.makeRegistrationCode(
      uses: request?.uses, expiresInSeconds: request?.expires_in, idempotencyKey: context.request[.idempotencyKey], by: `operator`)
    return Response(status: isNew ? 201 : 200) { $0.registrationCode(code) }.located(at: "admin", "registration-codes", code.code.text)
  }

  static func revoke(_ context: RequestContext, _ operator: Operator) throws -> Response {
    try context.chat.revokeRegistrationCode(context.parameters["code"], by: `operator`)
    return .noContent
  }
}
