// The host application's tokens for all threads: the keys of today, and the tokens that were verified lately.
internal import Posix

/// Reads the keys again when their file changes, and remembers verified tokens by their SHA-256, so that a client's next request costs a
/// hash and not a signature.
public final class HostTokens: Sendable {
  /// Tokens that are remembered: at most twice as many, some 600 bytes each.
  static let rememberedMax = 2048
  /// As `HostTokenVerifier` has them, for who stores and documents what they bound.
  public static let leewaySeconds = HostTokenVerifier.leewaySeconds
  public static let lifetimeSecondsMax = HostTokenVerifier.lifetimeSecondsMax

  public let issuer: String
  private let path: String
  private let ring: KeyRing
  private let state: Lock<State>

  private struct State {
    var verifier: HostTokenVerifier
    var version: HostKeys.Version
    var young: [[UInt8]: HostClaims] = [:]
    var old: [[UInt8]: HostClaims] = [:]
    var repeatedError = RepeatedError()
  }

  /// - Parameters:
  ///   - path: the file of the keys (`HostKeys.load`).
  ///   - own: our own keys, none of which may be the host's.
  public init(
    keysAt path: String, issuer: String, audience: String, own tokens: AccessTokenIssuer, ownKeysPath: String
  ) throws(HostKeysError) {
    self.path = path
    self.issuer = issuer
    ring = tokens.ring
    // Of the same file, whatever leads to it.
    if let version = HostKeys.Version(of: path), version == HostKeys.Version(of: ownKeysPath) {
      throw HostKeysError(path, "it is the file of EchoChat's own keys")
    }
    let (keys, version) = try Self.keys(at: path, tokens.ring)
    let verifier = HostTokenVerifier(
      keys: keys, issuer: issuer, audience: audience, ownKeyNames: Set(tokens.ring.keys.map(\.name)))
    state = Lock(State(verifier: verifier, version: version))
  }

  /// How many keys there are, and of which algorithms: for the log.
  public var summary: String {
    let keys = state.withLock { $0.verifier.keys }.keys
    return "\(keys.count) \(keys.count == 1 ? "key" : "keys") of \(issuer): \(keys.map(\.algorithm.rawValue).joined(separator: ", "))"
  }

  /// The claims of `token`, if it is valid and not expired. `nowSeconds` counts from 1970.
  public func verify(_ token: String, nowSeconds: Int64) throws(TokenError) -> HostClaims {
    guard token.utf8.count <= AccessTokenIssuer.tokenBytesMax else { throw .invalid(.tooLong) }
    let digest = Digest.sha256(Array(token.utf8))
    let (remembered, verifier, version) = state.withLock { state in (Self.remembered(digest, &state), state.verifier, state.version) }
    if let remembered {
      try HostTokenVerifier.checkTimes(of: remembered, nowSeconds: nowSeconds)
      return remembered
    }
    let claims = try verifier.verify(token.utf8.span, nowSeconds: nowSeconds)
    // Not what a key has verified that is gone meanwhile.
    state.withLock { if $0.version == version { Self.remember(digest, claims, &$0) } }
    return claims
  }

  /// Reads the keys again if their file has changed. If they cannot be used any more, those of before stay, and the log says so once.
  public func reloadIfChanged() {
    let known = state.withLock { $0.version }
    guard HostKeys.Version(of: path) != known else { return }
    do throws(HostKeysError) {
      let (keys, version) = try Self.keys(at: path, ring)
      state.withLock { state in
        let before = state.verifier
        state.verifier = HostTokenVerifier(
          keys: keys, issuer: before.issuer, audience: before.audience, ownKeyNames: before.ownKeyNames)
        state.version = version
        (state.young, state.old) = ([:], [:])
        state.repeatedError = RepeatedError()
      }
      Log.info("the host application's keys have changed: \(summary)")
    } catch {
      if state.withLock({ $0.repeatedError.isNew(error) }) { Log.error("\(error) Those that were read before stay in use.") }
    }
  }

  private static func keys(at path: String, _ ring: KeyRing) throws(HostKeysError) -> (HostKeys, HostKeys.Version) {
    let (keys, version) = try HostKeys.load(from: path)
    for key in keys.keys {
      if case .secret(let secret) = key.material, ring.keys.contains(where: { $0.hmac.isEquivalent(to: secret) }) {
        throw HostKeysError(path, "its secret is one of EchoChat's own keys")
      }
      if let name = key.name, ring.keys.contains(where: { $0.name == name }) {
        throw HostKeysError(path, "a key is called \(name), as one of EchoChat's own keys is")
      }
    }
    return (keys, version)
  }

  // MARK: Remembered tokens

  /// Two generations: what is asked for in the younger one stays, and the older one is dropped as a whole.
  private static func remembered(_ digest: [UInt8], _ state: inout State) -> HostClaims? {
    if let claims = state.young[digest] { return claims }
    guard let claims = state.old[digest] else { return nil }
    remember(digest, claims, &state)
    return claims
  }

  private static func remember(_ digest: [UInt8], _ claims: HostClaims, _ state: inout State) {
    if state.young.count >= rememberedMax { (state.old, state.young) = (state.young, [:]) }
    state.young[digest] = claims
  }
}

extension HMACKey {
  /// Whether both keys make the same codes. Keys of different bytes may: HMAC fills short ones up with zeros and hashes long ones.
  func isEquivalent(to other: HMACKey) -> Bool {
    let message = Array("the same key?".utf8)
    return Digest.equal(authenticationCode(for: message.span), other.authenticationCode(for: message.span))
  }
}
