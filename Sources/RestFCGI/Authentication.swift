// Who asks: the bearer of an access token (RFC 6750), in the Authorization header and nowhere else.
import Chat
import Domain

enum Authentication {
  static func actor(of request: Request, _ chat: Chat) throws -> Actor {
    guard let header = request[.authorization] else { throw Refusal(.unauthenticated, "Sign in first.") }
    guard let token = token(in: header) else { throw Refusal(.unauthenticated, "Sign in with an access token: Authorization: Bearer.") }
    return try chat.authenticate(accessToken: token)
  }

  /// The token after `Bearer`, whose case does not matter.
  static func token(in header: String) -> String? {
    let parts = header.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, let scheme = parts.first, let token = parts.last, scheme.utf8.count == 6, scheme.lowercased() == "bearer" else {
      return nil
    }
    return String(token)
  }
}
