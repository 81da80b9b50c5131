// Registration, login and passwords.
import Chat
import Domain
import Wire

enum AccountsHandler {
  static func register(_ context: RequestContext) throws -> Response {
    let new = try context.json(Registration.self)
    let transport = try RefreshCookie.transport(new.refresh, for: context.request)
    let signIn = try context.chat.register(
      username: new.username, password: new.password, email: new.email, displayName: new.display_name ?? new.name,
      userAgent: context.request.userAgent, deviceName: new.device_name, idempotencyKey: context.request[.idempotencyKey],
      client: context.request.client, registrationCode: new.registration_code)
    return try response(signIn, status: 201, transport, context).located(at: "users", signIn.user.id.text)
  }

  /// Accepts JSON, or the password form of OAuth 2.
  static func logIn(_ context: RequestContext) throws -> Response {
    let login = try loginRequest(context)
    let transport = try RefreshCookie.transport(login.refresh, for: context.request)
    let signIn = try context.chat.logIn(
      login: login.login, password: login.password, userAgent: context.request.userAgent, deviceName: login.deviceName,
      client: context.request.client)
    return try response(signIn, status: 200, transport, context)
  }

  private static func loginRequest(_ context: RequestContext) throws -> LoginRequest {
    guard let form = try context.form() else { return try context.json(LoginRequest.self) }
    return try LoginRequest(form: form.value)
  }

  /// Signs in the user whom nginx has signed in. There is no such path unless its configuration names the user.
  static func signInByProxy(_ context: RequestContext) throws -> Response {
    guard let user = context.request[.remoteUser] else { throw ChatError.noRoute }
    let transport = try RefreshCookie.transport(context.optionalJSON(ProxySignIn.self)?.refresh, for: context.request)
    let signIn = try context.chat.signIn(remoteUser: user, userAgent: context.request.userAgent, client: context.request.client)
    return try response(signIn, status: 200, transport, context)
  }

  /// Accepts JSON, the form of OAuth 2, or the cookie. A client that sends none of them is not signed in, which is no mistake: a browser
  /// does not know whether it has a cookie.
  static func refresh(_ context: RequestContext) throws -> Response {
    let hasBody = try !context.body().isEmpty
    if hasBody, let token = try refreshRequest(context).refresh_token {
      return try response(context.chat.refresh(token, client: context.request.client), status: 200, .body, context)
    }
    if let token = try RefreshCookie.guardedToken(of: context.request) {
      return try response(context.chat.refresh(token, client: context.request.client), status: 200, .cookie, context)
    }
    if hasBody && !RefreshCookie.isBrowser(context.request) { throw RefreshRequest.missingToken }
    return .noContent
  }

  private static func refreshRequest(_ context: RequestContext) throws -> RefreshRequest {
    guard let form = try context.form() else { return try context.json(RefreshRequest.self) }
    return try RefreshRequest(form: form.value)
  }

  static func changePassword(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let change = try context.json(PasswordChange.self)
    try context.chat.changePassword(
      from: change.old_password, to: change.new_password, by: principal, userAgent: context.request.userAgent,
      client: context.request.client)
    return .noContent
  }

  // MARK: By mail

  /// The token alone says whose address it verifies: the link may be opened where nobody is signed in.
  static func verifyEmail(_ context: RequestContext) throws -> Response {
    let verification = try context.json(EmailVerification.self)
    try context.chat.verifyEmail(token: verification.token, userAgent: context.request.userAgent, client: context.request.client)
    return .noContent
  }

  static func resendVerification(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.resendVerification(by: principal)
    return accepted
  }

  /// The same answer for every address.
  static func forgotPassword(_ context: RequestContext) throws -> Response {
    try context.chat.forgetPassword(email: try context.json(ForgottenPassword.self).email)
    return accepted
  }

  static func resetPassword(_ context: RequestContext) throws -> Response {
    let reset = try context.json(PasswordReset.self)
    try context.chat.resetPassword(
      token: reset.token, to: reset.password, userAgent: context.request.userAgent, client: context.request.client)
    return .noContent
  }

  /// The answer to a request for a mail, which is sent later.
  private static var accepted: Response { Response(status: 202) { $0.object { _ in } } }

  private static func response(
    _ signIn: SignIn, status: Int, _ transport: RefreshTokenTransport, _ context: RequestContext
  ) throws -> Response {
    let response = Response(status: status, reservingBytes: 1024) { $0.signIn(signIn, withRefreshToken: transport == .body) }
    guard transport == .cookie else { return response }
    return try RefreshCookie.set(
      signIn.refreshToken, seconds: signIn.refreshExpiresInSeconds, in: response, for: context.request, context.chat)
  }
}
