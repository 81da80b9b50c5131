// What a token of a host application says about its user.

/// The claims that are read (RFC 7519 section 4.1, OpenID Connect Core section 5.1). Issuer and audience belong to the `HostTokenVerifier`.
public struct HostClaims: Equatable, Sendable {
  public static let subjectBytesMax = 255

  /// `sub`: who the user is, to the issuer: 1–255 bytes without control characters.
  public let subject: String
  /// `sid`: which of the user's sessions at the host application the token is of; nil if it does not say.
  public let session: String?
  /// `iat`, in seconds since 1970.
  public let issuedAtSeconds: Int64
  /// `exp`: later than `iat`, by `HostTokenVerifier.lifetimeSecondsMax` at most. The token is expired from this second on.
  public let expiresAtSeconds: Int64
  /// `nbf`, or `iat` if there is none.
  public let notBeforeSeconds: Int64
  /// `preferred_username`, `name` and `email`, as they are: nothing about them is checked. Nil if absent or no text.
  public let username: String?
  public let name: String?
  public let email: String?
  /// Whether the host application says so (`email_verified`).
  public let isEmailVerified: Bool

  /// Nil if one of the claims that are required is missing, or any is of the wrong type or out of range.
  init?(_ claims: TokenJSON) {
    guard let subject = claims["sub"]?.text, Self.isIdentifier(subject), let issuedAt = claims["iat"]?.seconds,
      let expiresAt = claims["exp"]?.seconds, issuedAt < expiresAt
    else { return nil }
    var notBefore = issuedAt
    if let claim = claims["nbf"] {
      guard let seconds = claim.seconds else { return nil }
      notBefore = max(notBefore, seconds)
    }
    var session: String?
    if let claim = claims["sid"] {
      guard let text = claim.text, Self.isIdentifier(text) else { return nil }
      session = text
    }
    self.subject = subject
    self.session = session
    issuedAtSeconds = issuedAt
    expiresAtSeconds = expiresAt
    notBeforeSeconds = notBefore
    username = claims["preferred_username"]?.text
    name = claims["name"]?.text
    email = claims["email"]?.text
    isEmailVerified = claims["email_verified"] == .bool(true)
  }

  private static func isIdentifier(_ text: String) -> Bool {
    (1...subjectBytesMax).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
  }
}
