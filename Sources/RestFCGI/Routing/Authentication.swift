// Authenticates a request by its access token (RFC 6750), which is accepted in the Authorization header only.
import Chat
import Domain

enum Authentication {
  static func principal(of request: Request, _ chat: Chat) throws -> Principal {
    guard let header = request[.authorization] else { throw ChatError(.unauthenticated, "Sign in first.") }
    guard let token = token(in: header) else { throw ChatError(.unauthenticated, "Sign in with an access token: Authorization: Bearer.") }
    return try chat.authenticate(accessToken: token)
  }

  /// The text after `Bearer`, whose case does not matter; it is not checked here. Works on bytes: splitting 360 characters as characters
  /// takes longer than checking the token's signature.
  static func token(in header: String) -> String? {
    let bytes = header.utf8
    guard let space = bytes.firstIndex(of: UInt8(ascii: " ")), header[..<space].lowercased() == "bearer",
      let start = bytes[space...].firstIndex(where: { $0 != UInt8(ascii: " ") })
    else { return nil }
    return String(header[start...])
  }
}
