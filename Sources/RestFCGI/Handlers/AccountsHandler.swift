// Registration, login and passwords.
import Chat
import Domain
import Wire

enum AccountsHandler {
  static func register(_ context: RequestContext) throws -> Response {
    let new = try context.json(Registration.self)
    let transport = try RefreshCookie.transport(new.refresh, for: context.request)
    let signIn = try context.chat.register(
      username: new.username, password: new.password, email: new.email, displayName: new.display_name,
      userAgent: context.request.userAgent, idempotencyKey: context.request[.idempotencyKey],
      client: context.request[.client])
    return try response(signIn, status: 201, transport, context).located(at: "users", signIn.user.id.text)
  }

  /// Accepts JSON, or the password form of OAuth 2.
  static func logIn(_ context: RequestContext) throws -> Response {
    let login = try loginRequest(context)
    let transport = try RefreshCookie.transport(login.refresh, for: context.request)
    let signIn = try context.chat.logIn(
      login: login.username, password: login.password, userAgent: context.request.userAgent, client: context.request[.client])
    return try response(signIn, status: 200, transport, context)
  }

  private static func loginRequest(_ context: RequestContext) throws -> LoginRequest {
    guard MediaType(context.request[.contentType]) == .form else { return try context.json(LoginRequest.self) }
    let form = try Query(try context.body())
    return try LoginRequest(form: form.value)
  }

  static func refresh(_ context: RequestContext) throws -> Response {
    if let token = try context.optionalJSON(RefreshRequest.self)?.refresh_token {
      return try response(context.chat.refresh(token), status: 200, .body, context)
    }
    guard let token = try RefreshCookie.guardedToken(of: context.request) else {
      // Only a browser sends our header: it has no cookie (any more), which is not a mistake but just not signed in.
      guard context.request[.xEchoChat] == nil else { throw ChatError(.unauthenticated, "Sign in first.") }
      throw RefreshRequest.missingToken
    }
    return try response(context.chat.refresh(token), status: 200, .cookie, context)
  }

  static func changePassword(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let change = try context.json(PasswordChange.self)
    try context.chat.changePassword(from: change.old_password, to: change.new_password, by: principal, client: context.request[.client])
    return .noContent
  }

  private static func response(
    _ signIn: SignIn, status: Int, _ transport: RefreshTokenTransport, _ context: RequestContext
  ) throws -> Response {
    let response = Response(status: status, reservingBytes: 1024) { $0.signIn(signIn, withRefreshToken: transport == .body) }
    guard transport == .cookie else { return response }
    return try RefreshCookie.set(
      signIn.refreshToken, seconds: signIn.refreshExpiresInSeconds, in: response, for: context.request, context.chat)
  }
}
