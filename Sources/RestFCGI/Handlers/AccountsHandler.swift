// Accounts: signing up, signing in, and who one is.
import Chat
import Domain
import Wire

enum AccountsHandler {
  // Named as on the wire, so that no key table is needed beside it.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Registration: Decodable {
    let username: String
    let password: String
    let email: String?
    let display_name: String?
    let refresh: String?
  }

  private struct Login: Decodable {
    let username: String
    let password: String
    let refresh: String?
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Refresh: Decodable {
    let refresh_token: String?
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct PasswordChange: Decodable {
    let old_password: String
    let new_password: String
  }

  static func register(_ call: Call) throws -> Response {
    let new = try call.json(Registration.self)
    let inCookie = try isCookie(new.refresh)
    let signIn = try call.chat.register(
      username: new.username, password: new.password, email: new.email, displayName: new.display_name, userAgent: call.request.userAgent,
      idempotencyKey: call.request[.idempotencyKey])
    return answer(signIn, status: 201, inCookie: inCookie, call)
  }

  static func logIn(_ call: Call) throws -> Response {
    let login = try login(call)
    let inCookie = try isCookie(login.refresh)
    let signIn = try call.chat.logIn(login: login.username, password: login.password, userAgent: call.request.userAgent)
    return answer(signIn, status: 200, inCookie: inCookie, call)
  }

  /// JSON, or the password form of OAuth 2 (RFC 6749 section 4.3.2).
  private static func login(_ call: Call) throws(ChatError) -> Login {
    guard MediaType(call.request[.contentType]) == .form else { return try call.json(Login.self) }
    let form = try Query(try call.body())
    guard try form.value("grant_type") ?? "password" == "password" else {
      throw .invalid("grant_type", "value", "Only the grant type password is known here.")
    }
    func required(_ name: String) throws(ChatError) -> String {
      guard let value = try form.value(name) else { throw .invalid(name, "missing", "This field is required.") }
      return value
    }
    return Login(username: try required("username"), password: try required("password"), refresh: try form.value("refresh"))
  }

  static func refresh(_ call: Call) throws -> Response {
    if let token = try call.optionalJSON(Refresh.self)?.refresh_token {
      return answer(try call.chat.refresh(token), status: 200, inCookie: false, call)
    }
    guard let token = try RefreshCookie.guardedToken(of: call.request) else {
      // Whoever sends our header is a browser that has no cookie (any more): not a mistake, just not signed in.
      guard call.request[.xEchoChat] == nil else { throw ChatError(.unauthenticated, "Sign in first.") }
      throw ChatError.invalid("refresh_token", "missing", "This field is required.")
    }
    return answer(try call.chat.refresh(token), status: 200, inCookie: true, call)
  }

  /// The user as everyone sees her, and what only she sees.
  static func me(_ call: Call, _ principal: Principal) throws -> Response {
    ownDocument(principal.user, hidesReading: try call.chat.hidesReadReceipts(principal))
  }

  /// A user as she herself sees her.
  static func ownDocument(_ user: User, hidesReading: Bool) -> Response {
    Response(
      status: 200,
      body: JSONWriter.object { json in
        json.members(of: user)
        json.field("hide_read_receipts", hidesReading)
      })
  }

  static func changePassword(_ call: Call, _ principal: Principal) throws -> Response {
    let change = try call.json(PasswordChange.self)
    try call.chat.changePassword(from: change.old_password, to: change.new_password, by: principal)
    return .noContent
  }

  static func document(_ user: User) -> Response {
    var json = JSONWriter()
    json.user(user)
    return Response(status: 200, body: json.bytes)
  }

  /// Where the refresh token is to go: into the body, or into a cookie.
  private static func isCookie(_ refresh: String?) throws(ChatError) -> Bool {
    switch refresh {
    case nil, "body": false
    case "cookie": true
    default: throw .invalid("refresh", "value", "One of body and cookie.")
    }
  }

  private static func answer(_ signIn: SignIn, status: Int, inCookie: Bool, _ call: Call) -> Response {
    let body = JSONWriter.object(reservingBytes: 1024) { json in
      json.key("user")
      json.user(signIn.user)
      json.field("access_token", signIn.accessToken)
      json.field("token_type", "bearer")
      json.field("expires_in", signIn.expiresInSeconds)
      if !inCookie { json.field("refresh_token", signIn.refreshToken) }
    }
    let response = Response(status: status, body: body)
    guard inCookie else { return response }
    return response.with("Set-Cookie", RefreshCookie.setting(signIn.refreshToken, seconds: signIn.refreshExpiresInSeconds, call.chat))
  }
}
