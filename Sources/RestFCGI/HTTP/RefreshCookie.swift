// The refresh token of a browser: a cookie that no script can read.
import Chat
import Configuration
import Domain
import Posix

enum RefreshCookie {
  static let name = "echochat_refresh"

  /// The token in a Cookie header, if there is one.
  static func token(in header: String?) -> String? {
    for pair in (header ?? "").split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name, !parts[1].isEmpty else { continue }
      return String(parts[1])
    }
    return nil
  }

  /// The token in the cookie of a request. Throws if the header `X-EchoChat` is missing: a browser sends the cookie also with requests
  /// that another page of the same site triggers, but no other page can set that header.
  static func guardedToken(of request: Request) throws(ChatError) -> String? {
    guard let token = token(in: request[.cookie]) else { return nil }
    guard request[.xEchoChat] == "1" else { throw ChatError(.forbidden, "Requests with the refresh cookie need the header X-EchoChat: 1.") }
    return token
  }

  static func setting(_ token: String, seconds: Int64, _ chat: Chat) -> String {
    "\(name)=\(token); HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age=\(seconds)" + (isSecure(chat) ? "; Secure" : "")
  }

  static func clearing(_ chat: Chat) -> String {
    setting("", seconds: 0, chat)
  }

  private static func isSecure(_ chat: Chat) -> Bool {
    chat.settings.publicURL.lowercased().hasPrefix("https:")
  }
}
