// The claims of an access token, and how they are written in JSON.

/// The claims of RFC 7519 section 4.1 that differ from token to token. Issuer and audience belong to the `AccessTokenIssuer`.
public struct AccessClaims: Equatable, Sendable {
  /// `sub`: the user's public identifier. Like the two others 1–32 ASCII letters and digits.
  public let userID: String
  /// `sid`: the session's public identifier.
  public let sessionID: String
  /// `jti`: the token's own identifier, for the log.
  public let tokenID: String
  /// `iat`, in seconds since 1970, 0 or more.
  public let issuedAtSeconds: Int64
  /// `exp`, in seconds since 1970: later than `iat`, before the year 10000. The token is expired from this second on.
  public let expiresAtSeconds: Int64

  public static let identifierCharactersMax = 32
  /// The last second that RFC 3339 can write. A bound here keeps every later sum with these times from overflowing.
  public static let secondsMax: Int64 = 253_402_300_799

  public init(userID: String, sessionID: String, tokenID: String, issuedAtSeconds: Int64, expiresAtSeconds: Int64) {
    self.userID = userID
    self.sessionID = sessionID
    self.tokenID = tokenID
    self.issuedAtSeconds = issuedAtSeconds
    self.expiresAtSeconds = expiresAtSeconds
  }

  var isWellFormed: Bool {
    Self.isIdentifier(userID) && Self.isIdentifier(sessionID) && Self.isIdentifier(tokenID)
      && issuedAtSeconds >= 0 && issuedAtSeconds < expiresAtSeconds && expiresAtSeconds <= Self.secondsMax
  }

  /// Written without a JSON encoder: `isWellFormed` and the issuer's checks of its settings guarantee that nothing needs an escape.
  func json(issuer: String, audience: String) -> [UInt8] {
    Array(
      """
      {"iss":"\(issuer)","aud":"\(audience)","sub":"\(userID)","sid":"\(sessionID)","jti":"\(tokenID)",\
      "iat":\(issuedAtSeconds),"exp":\(expiresAtSeconds)}
      """.utf8)
  }

  private static func isIdentifier(_ text: String) -> Bool {
    (1...identifierCharactersMax).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: false
        }
      }
  }
}
