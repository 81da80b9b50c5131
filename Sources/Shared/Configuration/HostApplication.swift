// The application that vouches for users of its own.

/// Whose tokens are accepted beside ours, and with which keys they are verified.
public struct HostApplication: Equatable, Sendable {
  private static let nameBytesMax = 256

  /// The file of the keys.
  public let keysPath: String
  /// `iss` of its tokens, to the letter.
  public let issuer: String
  /// What their `aud` must name.
  public let audience: String

  public init(keysPath: String, issuer: String, audience: String) {
    self.keysPath = keysPath
    self.issuer = issuer
    self.audience = audience
  }

  /// Of the three settings; nil if none is set. `site`: the issuer of our own tokens, which must not be the application's, too.
  init?(keysPath: String?, issuer: String?, audience: String?, site: String) throws(Settings.Invalid) {
    guard keysPath != nil || issuer != nil || audience != nil else { return nil }
    guard let keysPath, let issuer, let audience else {
      throw Settings.Invalid("ECHOCHAT_HOST_KEYS, ECHOCHAT_HOST_ISSUER and ECHOCHAT_HOST_AUDIENCE belong together: set all three, or none")
    }
    for (name, value) in [("ECHOCHAT_HOST_ISSUER", issuer), ("ECHOCHAT_HOST_AUDIENCE", audience)] where !Self.isName(value) {
      throw Settings.Invalid("\(name)=\(value): wanted 1 to \(Self.nameBytesMax) visible ASCII characters")
    }
    guard issuer != site else {
      throw Settings.Invalid("ECHOCHAT_HOST_ISSUER=\(issuer): wanted another issuer than that of EchoChat's own tokens")
    }
    self.init(keysPath: keysPath, issuer: issuer, audience: audience)
  }

  private static func isName(_ text: String) -> Bool {
    (1...nameBytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }
}
