// Authenticates a request by its access token (RFC 6750), which is accepted in the Authorization header only.
import Chat
import Domain
import HTTPSyntax

enum Authentication {
  static func principal(of request: Request, _ chat: Chat) throws -> Principal {
    guard let header = request[.authorization] else { throw ChatError(.unauthenticated, "Sign in first.") }
    guard let token = token(in: header) else { throw ChatError(.unauthenticated, "Sign in with an access token: Authorization: Bearer.") }
    return try chat.authenticate(accessToken: token)
  }

  /// The text after `Bearer`, whose case does not matter; it is not checked here.
  static func token(in header: String) -> String? {
    BearerToken.credentials(in: header.utf8).map { String(Substring($0)) }
  }
}
