// Random tokens whose hash is in the database: refresh, ticket, e-mail verification, password reset.
internal import HTTPSyntax

/// 256 random bits, sent to the client as 43 characters of base64url and stored as SHA-256, so that nobody can sign in with a stolen copy
/// of the database. A fast hash is enough: there is no dictionary of 256-bit secrets.
public enum OpaqueToken {
  public static let characters = 43

  /// A new token for the client and the 32 bytes to store in its place.
  public static func make() -> (token: String, hash: [UInt8]) {
    let secret = Random.bytes(32)
    return (Base64URL.encode(secret), Digest.sha256(secret))
  }

  /// The 32 bytes to look up; nil if `make` cannot have made `token`, which saves a database query.
  public static func hash(of token: String) -> [UInt8]? {
    guard token.utf8.count == characters, let secret = Base64URL.decode(token) else { return nil }
    return Digest.sha256(secret)
  }
}
