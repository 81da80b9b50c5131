// Verifies the tokens with which a host application vouches for its users.

internal import HTTPSyntax

/// JSON Web Tokens (RFC 7519) of one issuer for one audience, signed by one of its keys. Written after RFC 8725.
///
/// An immutable value, beside `AccessTokenIssuer`: a token whose header is exactly that of one of our keys never comes here, and what comes
/// here is never verified with our keys.
struct HostTokenVerifier: Sendable {
  /// The header is read before the signature is verified: a short one costs a forger's victim little.
  static let headerBytesMax = 1024
  /// How far the host's clock may be ahead of ours. The expiry has no leeway: connections are closed in that very second.
  static let leewaySeconds: Int64 = 5
  /// From `iat` to `exp`: what ended a session has to be remembered no longer.
  static let lifetimeSecondsMax: Int64 = 30 * 24 * 3600
  static let audiencesMax = 32

  let keys: HostKeys
  let issuer: String
  let audience: String
  /// The names of our own keys: no token of a host application may have one.
  let ownKeyNames: Set<String>

  func verify(_ token: Span<UInt8>, nowSeconds: Int64) throws(TokenError) -> HostClaims {
    guard token.count <= AccessTokenIssuer.tokenBytesMax else { throw .invalid(.tooLong) }
    guard let (first, second) = AccessTokenIssuer.fullStops(in: token) else { throw .invalid(.shape) }
    let (algorithm, keyName) = try header(token.extracting(..<first))

    // Authenticity first: claims are parsed only after the signature was verified.
    let candidates = keys.candidates(algorithm, keyName: keyName)
    guard !candidates.isEmpty else { throw .invalid(.unknownKey) }
    guard let signature = Base64URL.decode(token.extracting((second + 1)...)), !signature.isEmpty else { throw .invalid(.signatureShape) }
    let message = token.extracting(..<second)
    guard candidates.contains(where: { $0.isValid(signature, for: message) }) else { throw .invalid(.wrongSignature) }

    guard let json = Base64URL.decode(token.extracting((first + 1)..<second)), let claims = TokenJSON.parse(json) else {
      throw .invalid(.claimsShape)
    }
    guard let claimed = claims["iss"]?.text, claimed.utf8.elementsEqual(issuer.utf8) else { throw .invalid(.wrongIssuer) }
    guard isForUs(claims["aud"]) else { throw .invalid(.wrongAudience) }
    guard let read = HostClaims(claims) else { throw .invalid(.claimsShape) }
    try Self.checkTimes(of: read, nowSeconds: nowSeconds)
    return read
  }

  /// Whether a token that was verified before is valid now.
  static func checkTimes(of claims: HostClaims, nowSeconds: Int64) throws(TokenError) {
    guard claims.expiresAtSeconds - claims.issuedAtSeconds <= lifetimeSecondsMax else { throw .invalid(.livesTooLong) }
    guard nowSeconds < claims.expiresAtSeconds else { throw .expired }
    guard claims.issuedAtSeconds <= nowSeconds + leewaySeconds else { throw .invalid(.issuedInFuture) }
    guard claims.notBeforeSeconds <= nowSeconds + leewaySeconds else { throw .invalid(.notYetValid) }
  }

  /// The algorithm and the key's name. Whatever would choose another key or way to verify is refused, not ignored (RFC 7515 section 4.1,
  /// RFC 7797, RFC 7516), and so is the type of our own tokens.
  private func header(_ encoded: Span<UInt8>) throws(TokenError) -> (HostAlgorithm, String?) {
    guard encoded.count <= Self.headerBytesMax, let json = Base64URL.decode(encoded), let header = TokenJSON.parse(json),
      let algorithm = header["alg"]?.text.flatMap(HostAlgorithm.init(rawValue:))
    else { throw .invalid(.header) }
    let refused: [StaticString] = ["crit", "jwk", "jku", "x5u", "x5c", "b64", "zip", "enc"]
    guard refused.allSatisfy({ header[$0] == nil }) else { throw .invalid(.header) }
    if let type = header["typ"] {
      guard let text = type.text, ASCII.equalIgnoringCase(text.utf8, "JWT".utf8) else { throw .invalid(.header) }
    }
    guard let kid = header["kid"] else { return (algorithm, nil) }
    guard let name = kid.text, (1...HostKeys.keyNameBytesMax).contains(name.utf8.count), !ownKeyNames.contains(name) else {
      throw .invalid(.header)
    }
    return (algorithm, name)
  }

  /// Whether `aud`, a text or a list of texts, names us.
  private func isForUs(_ claim: TokenJSON?) -> Bool {
    switch claim {
    case .string(let text): text.utf8.elementsEqual(audience.utf8)
    case .array(let list):
      list.count <= Self.audiencesMax && list.allSatisfy { $0.text != nil }
        && list.contains { $0.text?.utf8.elementsEqual(audience.utf8) ?? false }
    default: false
    }
  }
}
