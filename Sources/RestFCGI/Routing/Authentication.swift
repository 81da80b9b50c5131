// Who asks: the bearer of an access token (RFC 6750), in the Authorization header and nowhere else.
import Chat
import Domain

enum Authentication {
  static func principal(of request: Request, _ chat: Chat) throws -> Principal {
    guard let header = request[.authorization] else { throw ChatError(.unauthenticated, "Sign in first.") }
    guard let token = token(in: header) else { throw ChatError(.unauthenticated, "Sign in with an access token: Authorization: Bearer.") }
    return try chat.authenticate(accessToken: token)
  }

  /// What follows `Bearer`, whose case does not matter. In bytes: to split 360 characters as characters takes longer than to check the
  /// token's signature. Whether it is a token is for the one who knows tokens to say.
  static func token(in header: String) -> String? {
    let bytes = header.utf8
    guard let space = bytes.firstIndex(of: UInt8(ascii: " ")), header[..<space].lowercased() == "bearer",
      let start = bytes[space...].firstIndex(where: { $0 != UInt8(ascii: " ") })
    else { return nil }
    return String(header[start...])
  }
}
