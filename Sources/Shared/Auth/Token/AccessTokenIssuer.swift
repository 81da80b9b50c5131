// Issues and verifies access tokens.
internal import HTTPSyntax

/// JSON Web Tokens (RFC 7519) of one kind: HS256, type `at+jwt` (RFC 9068), seven claims.
///
/// An immutable value: threads may share it or copy it. Verifying takes no lock.
public struct AccessTokenIssuer: Sendable {
  public static let tokenBytesMax = 4096
  /// How far the issuing clock may be ahead of ours. The expiry has no leeway: connections are closed in that very second.
  public static let clockLeewaySeconds: Int64 = 60
  public static let lifetimeSecondsDefault: Int64 = 15 * 60
  public static let lifetimeSecondsMax: Int64 = 24 * 60 * 60
  public static let nameCharactersMax = 256

  public let ring: KeyRing
  public let issuer: String
  public let audience: String
  public let lifetimeSeconds: Int64

  /// - Parameters:
  ///   - issuer: `iss`; like `audience` 1–256 characters of printable ASCII without space, `"` and `\`, such as a URL.
  ///   - audience: `aud`.
  ///   - lifetimeSeconds: 1–86,400.
  /// Throws the setting that is out of range.
  public init(
    ring: KeyRing, issuer: String, audience: String, lifetimeSeconds: Int64 = AccessTokenIssuer.lifetimeSecondsDefault
  ) throws(AccessTokenSettingError) {
    guard Self.isName(issuer) else { throw .issuer }
    guard Self.isName(audience) else { throw .audience }
    guard (1...Self.lifetimeSecondsMax).contains(lifetimeSeconds) else { throw .lifetime }
    self.ring = ring
    self.issuer = issuer
    self.audience = audience
    self.lifetimeSeconds = lifetimeSeconds
  }

  /// Claims that begin now and end after the lifetime, under a new token identifier. Both identifiers have 1–32 ASCII letters and
  /// digits; `nowSeconds` counts from 1970.
  public func claims(userID: String, sessionID: String, nowSeconds: Int64) -> AccessClaims {
    AccessClaims(
      userID: userID, sessionID: sessionID, tokenID: Random.id(),
      issuedAtSeconds: nowSeconds, expiresAtSeconds: nowSeconds + lifetimeSeconds)
  }

  /// The token, signed with the ring's current key; some 350 bytes, always below `tokenBytesMax`.
  public func issue(_ claims: AccessClaims) -> String {
    precondition(claims.isWellFormed, "claims are made of public identifiers and sane times")
    let key = ring.current
    var token = key.header
    token.append(UInt8(ascii: "."))
    token += Base64URL.encode(claims.json(issuer: issuer, audience: audience)).utf8
    let code = key.hmac.authenticationCode(for: token.span)
    token.append(UInt8(ascii: "."))
    token += Base64URL.encode(code).utf8
    return String(decoding: token, as: UTF8.self)
  }

  /// The claims of `token`, if it is valid and not expired. `nowSeconds` counts from 1970; `leewaySeconds` is how far in the future it may
  /// have been issued.
  ///
  /// Does not check whether the session still exists: that is in the database.
  public func verify(
    _ token: String, nowSeconds: Int64, leewaySeconds: Int64 = AccessTokenIssuer.clockLeewaySeconds
  ) throws(TokenError) -> AccessClaims {
    try verify(token.utf8.span, nowSeconds: nowSeconds, leewaySeconds: leewaySeconds)
  }

  /// As `verify(_: String, nowSeconds:)`, from bytes as they came off the wire.
  public func verify(
    _ token: Span<UInt8>, nowSeconds: Int64, leewaySeconds: Int64 = AccessTokenIssuer.clockLeewaySeconds
  ) throws(TokenError) -> AccessClaims {
    guard token.count <= Self.tokenBytesMax else { throw .invalid(.tooLong) }
    guard let (first, second) = Self.fullStops(in: token) else { throw .invalid(.shape) }

    // Authenticity first: claims are parsed only after their code was verified, so the parser never sees bytes that we did not sign.
    guard let key = ring.key(forHeader: token.extracting(..<first)) else { throw .invalid(.foreignHeader) }
    guard let code = Base64URL.decode(token.extracting((second + 1)...)), code.count == HMACKey.codeBytes else {
      throw .invalid(.signatureShape)
    }
    guard key.hmac.isValidAuthenticationCode(code, for: token.extracting(..<second)) else { throw .invalid(.wrongSignature) }

    guard let json = Base64URL.decode(token.extracting((first + 1)..<second)), let contents = ClaimsReader.read(json) else {
      throw .invalid(.claimsShape)
    }
    guard Self.names(contents.issuer, issuer) else { throw .invalid(.wrongIssuer) }
    guard Self.names(contents.audience, audience) else { throw .invalid(.wrongAudience) }
    let claims = contents.claims
    guard claims.issuedAtSeconds - leewaySeconds <= nowSeconds else { throw .invalid(.issuedInFuture) }
    guard nowSeconds < claims.expiresAtSeconds else { throw .expired }
    return claims
  }

  /// The positions of the two full stops; nil if there are fewer or more.
  static func fullStops(in token: Span<UInt8>) -> (Int, Int)? {
    var found: (first: Int?, second: Int?) = (nil, nil)
    for index in token.indices where token[index] == UInt8(ascii: ".") {
      switch found {
      case (nil, _): found.first = index
      case (_, nil): found.second = index
      default: return nil
      }
    }
    guard let first = found.first, let second = found.second else { return nil }
    return (first, second)
  }

  /// Whether a claim names `name`. Another spelling of the same origin does, too: tokens outlive a change of the setting's spelling.
  private static func names(_ claim: ArraySlice<UInt8>, _ name: String) -> Bool {
    claim.elementsEqual(name.utf8) || (try? Origin(url: String(decoding: claim, as: UTF8.self)))?.text == name
  }

  private static func isName(_ text: String) -> Bool {
    (1...nameCharactersMax).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }
}

/// The setting of an `AccessTokenIssuer` that is out of range; for the operator, at start.
public enum AccessTokenSettingError: Error, Equatable {
  case issuer, audience, lifetime
}
