// Public keys of a host application: RSA, P-256 and Ed25519, checked once and then used by many threads.

internal import COpenSSL
internal import CSodium

/// A key that verifies signatures of its one algorithm.
final class PublicKey: @unchecked Sendable {
  static let rsaBitsMin = 2048
  /// A larger one would take so long that forged tokens could keep the programs busy.
  static let rsaBitsMax = 4096
  static let rsaExponentMin: UInt = 65_537

  /// Why a key is not used, as the end of a sentence.
  struct Unusable: Error, Equatable {
    let reason: String
  }

  let algorithm: HostAlgorithm
  // Read-only after `init`; libcrypto counts its references atomically.
  private let key: OpaquePointer

  /// From a SubjectPublicKeyInfo (RFC 5280 section 4.1) in DER.
  init(spki: [UInt8]) throws(Unusable) {
    let (decoded, count) = spki.withUnsafeBufferPointer { bytes in
      var next = bytes.baseAddress
      let decoded = d2i_PUBKEY(nil, &next, bytes.count)
      return (decoded, next.map { $0 - (bytes.baseAddress ?? $0) } ?? 0)
    }
    defer { ERR_clear_error() }
    guard let decoded else { throw Unusable(reason: "it is not a public key that libcrypto can read") }
    do throws(Unusable) {
      guard count == spki.count else { throw Unusable(reason: "there is something behind the key") }
      algorithm = try Self.algorithm(of: decoded)
    } catch {
      EVP_PKEY_free(decoded)
      throw error
    }
    key = decoded
  }

  deinit {
    EVP_PKEY_free(key)
  }

  /// Whether `signature`, in the form of a JWS (RFC 7518 section 3, RFC 8037 section 3.1), is this key's over `message`.
  func isValid(_ signature: [UInt8], for message: Span<UInt8>) -> Bool {
    switch algorithm {
    case .hs256: return false
    case .rs256: return verifies(signature, message, EVP_sha256())
    case .es256:
      guard let der = Self.der(ofRawSignature: signature) else { return false }
      return verifies(der, message, EVP_sha256())
    // libcrypto compares all 64 bytes, and refuses a second half that is not below the order of the group (RFC 8032 section 5.1.7).
    case .edDSA: return signature.count == 64 && verifies(signature, message, nil)
    }
  }

  private func verifies(_ signature: [UInt8], _ message: Span<UInt8>, _ digest: OpaquePointer?) -> Bool {
    guard let context = EVP_MD_CTX_new() else { fatalError("libcrypto is out of memory") }
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    return message.withUnsafeBufferPointer { bytes in
      EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1
        && EVP_DigestVerify(context, signature, signature.count, bytes.baseAddress, bytes.count) == 1
    }
  }

  // MARK: What a key must be

  private static func algorithm(of key: OpaquePointer) throws(Unusable) -> HostAlgorithm {
    let type = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? ""
    switch type {
    case "RSA":
      try checkRSA(key)
      return .rs256
    case "EC":
      // A curve that is given by its parameters has no name (CVE-2020-0601).
      guard groupName(of: key) == "prime256v1" else { throw Unusable(reason: "its curve is not P-256, which ES256 needs") }
      guard isValidByLibcrypto(key) else { throw Unusable(reason: "its point is not on the curve") }
      return .es256
    case "ED25519":
      var raw = [UInt8](repeating: 0, count: 32)
      var count = raw.count
      // libsodium also refuses points of small order, for which anybody can sign.
      _ = Sodium.ready
      guard EVP_PKEY_get_raw_public_key(key, &raw, &count) == 1, count == 32, crypto_core_ed25519_is_valid_point(raw) == 1 else {
        throw Unusable(reason: "it is not a point of Ed25519 that can be used")
      }
      return .edDSA
    default:
      throw Unusable(reason: "its type, \(type.isEmpty ? "unknown" : type), is none of RSA, EC (P-256) and Ed25519")
    }
  }

  private static func checkRSA(_ key: OpaquePointer) throws(Unusable) {
    let bits = Int(EVP_PKEY_get_bits(key))
    guard bits >= rsaBitsMin else { throw Unusable(reason: "RSA keys have at least \(rsaBitsMin) bits, and this one has \(bits)") }
    guard bits <= rsaBitsMax else { throw Unusable(reason: "RSA keys have at most \(rsaBitsMax) bits, and this one has \(bits)") }
    var exponent: OpaquePointer?
    guard EVP_PKEY_get_bn_param(key, "e", &exponent) == 1, let exponent else { throw Unusable(reason: "it has no exponent") }
    defer { BN_free(exponent) }
    // For more than 64 bits the word is its largest value, which no check lets pass.
    guard BN_num_bits(exponent) <= 32, BN_is_odd(exponent) == 1, UInt(BN_get_word(exponent)) >= rsaExponentMin else {
      throw Unusable(reason: "its exponent is not an odd number of \(rsaExponentMin) or more, and of 32 bits at most")
    }
    guard isValidByLibcrypto(key) else { throw Unusable(reason: "its modulus is not that of an RSA key") }
  }

  private static func isValidByLibcrypto(_ key: OpaquePointer) -> Bool {
    guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return false }
    defer { EVP_PKEY_CTX_free(context) }
    return EVP_PKEY_public_check(context) == 1
  }

  private static func groupName(of key: OpaquePointer) -> String? {
    var name = [CChar](repeating: 0, count: 64)
    var count = 0
    guard EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else { return nil }
    return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  // MARK: DER

  /// The two numbers of an ES256 signature, 32 bytes each, as libcrypto wants them (RFC 3279 section 2.2.3). Nil for another length, or if
  /// one of them is 0; what is not below the order of the curve is refused by libcrypto.
  static func der(ofRawSignature raw: [UInt8]) -> [UInt8]? {
    guard raw.count == 64 else { return nil }
    var content: [UInt8] = []
    for half in [raw[..<32], raw[32...]] {
      guard let number = DER.positiveInteger(Array(half)) else { return nil }
      content += number
    }
    return DER.element(0x30, content)
  }
}

/// The little of DER (X.690) that keys and signatures need.
enum DER {
  /// Nil for zero.
  static func positiveInteger(_ bigEndian: [UInt8]) -> [UInt8]? {
    let digits = bigEndian.drop { $0 == 0 }
    guard let first = digits.first else { return nil }
    return element(0x02, (first & 0x80 == 0 ? [] : [0]) + digits)
  }

  static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    let length: [UInt8] =
      switch count {
      case 0..<0x80: [UInt8(count)]
      case 0x80..<0x100: [0x81, UInt8(count)]
      default: [0x82, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
      }
    return [tag] + length + content
  }

  /// A SubjectPublicKeyInfo.
  static func publicKey(algorithm: [UInt8], key: [UInt8]) -> [UInt8] {
    element(0x30, element(0x30, algorithm) + element(0x03, [0] + key))
  }

  /// rsaEncryption with NULL; id-ecPublicKey with prime256v1; id-Ed25519 (RFC 3279, 5480, 8410).
  static let rsa: [UInt8] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00]
  static let p256: [UInt8] = [
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
  ]
  static let ed25519: [UInt8] = [0x06, 0x03, 0x2b, 0x65, 0x70]
}
