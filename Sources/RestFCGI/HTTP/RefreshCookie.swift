// The refresh token of a browser: a cookie that no script can read.
import Chat
import Configuration
import Domain
import Posix
import Wire

/// Read, set and cleared only for requests with the header `X-EchoChat: 1`. No page of another origin can send that header: a form cannot
/// set one, and a script needs a permission that `CORSPolicy` never gives. Without it, a form of a foreign page could make a browser store
/// the cookie of the page's own account, or use the cookie of its user. Nothing else touches the cookie: each use passes `guardHeader`.
enum RefreshCookie {
  static let name = "echochat_refresh"

  /// Whether the request has the header.
  static func isBrowser(_ request: Request) -> Bool { request[.xEchoChat] == "1" }

  private static func guardHeader(_ request: Request) throws(ChatError) {
    guard isBrowser(request) else { throw ChatError(.forbidden, "Requests with the refresh cookie need the header X-EchoChat: 1.") }
  }

  /// Whether the request has the cookie. Says nothing about whether it may be used.
  static func isPresent(in request: Request) -> Bool { token(in: request[.cookie]) != nil }

  /// The token in the cookie of a request; nil if there is none. Throws `forbidden` if it may not be used.
  static func guardedToken(of request: Request) throws(ChatError) -> String? {
    guard let token = token(in: request[.cookie]) else { return nil }
    try guardHeader(request)
    return token
  }

  /// Where a request wants its refresh token, from its field `refresh`. Throws `forbidden` if it wants a cookie and may have none: before
  /// anything is done for it.
  static func transport(_ refresh: String?, for request: Request) throws(ChatError) -> RefreshTokenTransport {
    let transport = try RefreshTokenTransport(refresh)
    if transport == .cookie { try guardHeader(request) }
    return transport
  }

  /// Adds the cookie to the response. Throws `forbidden` if the request may have none.
  static func set(_ token: String, seconds: Int64, in response: Response, for request: Request, _ chat: Chat) throws(ChatError) -> Response
  {
    try guardHeader(request)
    return response.with("Set-Cookie", header(token, seconds: seconds, chat))
  }

  /// Clears the cookie in the browser, if the request may do so; otherwise the response stays as it is.
  static func clear(in response: Response, for request: Request, _ chat: Chat) -> Response {
    guard isPresent(in: request), (try? guardHeader(request)) != nil else { return response }
    return response.with("Set-Cookie", header("", seconds: 0, chat))
  }

  /// The token in a Cookie header, if there is one.
  static func token(in header: String?) -> String? {
    for pair in (header ?? "").split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name, !parts[1].isEmpty else { continue }
      return String(parts[1])
    }
    return nil
  }

  private static func header(_ token: String, seconds: Int64, _ chat: Chat) -> String {
    let secure = chat.settings.isSecure ? "; Secure" : ""
    return "\(name)=\(token); HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age=\(seconds)" + secure
  }
}
