// The file of a host application's keys: PEM, a JSON Web Key Set, or a secret.

internal import COpenSSL
internal import Glibc
internal import HTTPSyntax

extension HostKeys {
  static let fileBytesMax = 64 << 10
  /// Different bytes that a secret has: fewer are a placeholder.
  static let secretBytesKindsMin = 8

  /// What tells a file from its next version.
  struct Version: Equatable {
    let device: UInt64
    let inode: UInt64
    let bytes: Int64
    let changedSeconds: Int
    let changedNanoseconds: Int

    /// Nil if there is no file. Links are followed: the keys of a container are one.
    init?(of path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      self.init(status)
    }

    init(_ status: stat) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      bytes = Int64(status.st_size)
      changedSeconds = status.st_mtim.tv_sec
      changedNanoseconds = status.st_mtim.tv_nsec
    }
  }

  /// Reads the keys at `path`: PEM if its name ends with `.pem`, a key set (RFC 7517) if it ends with `.json`, and otherwise a secret.
  static func load(from path: String) throws(HostKeysError) -> (keys: HostKeys, version: Version) {
    let (bytes, status) = try contents(of: path)
    guard status.st_mode & 0o022 == 0 else {
      throw HostKeysError(path, "others than its owner may change the file (chmod go-w \(path))")
    }
    let keys: [HostKey]
    if path.hasSuffix(".pem") {
      keys = try keysOfPEM(bytes, path)
    } else if path.hasSuffix(".json") {
      keys = try keysOfSet(bytes, path)
    } else {
      guard status.st_mode & 0o077 == 0 else {
        throw HostKeysError(path, "it is taken for a secret, and others than its owner may read it (chmod 600 \(path))")
      }
      keys = [try keyOfSecret(bytes, path)]
    }
    guard !keys.isEmpty else { throw HostKeysError(path, "it has no key for RS256, ES256 or EdDSA signatures") }
    guard keys.count <= keysMax else { throw HostKeysError(path, "it has \(keys.count) keys, and at most \(keysMax) are tried") }
    return (HostKeys(keys: keys), Version(status))
  }

  private static func contents(of path: String) throws(HostKeysError) -> (bytes: [UInt8], status: stat) {
    do throws(KeyRingError) {
      // O_NONBLOCK, so that a pipe at this path is refused and not waited for.
      let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
      let status = try file.status(path)
      guard status.st_mode & S_IFMT == S_IFREG else { throw KeyRingError.notAFile(path: path) }
      return (try file.contents(path, bytesMax: fileBytesMax), status)
    } catch {
      throw HostKeysError(path, error.reason)
    }
  }

  // MARK: A secret

  /// The bytes as they are, without the line break at the end of a text: nothing is decoded.
  static func keyOfSecret(_ bytes: [UInt8], _ path: String) throws(HostKeysError) -> HostKey {
    var secret = bytes
    if secret.allSatisfy({ (0x20...0x7e).contains($0) || $0 == 0x0a || $0 == 0x0d }) {
      while let last = secret.last, last == 0x0a || last == 0x0d { secret.removeLast() }
    }
    guard !isPublic(bytes) else {
      throw HostKeysError(path, "it holds a public key, which is no secret: name the file .pem (PEM) or .json (a key set)")
    }
    guard (secretBytesMin...secretBytesMax).contains(secret.count) else {
      throw HostKeysError(path, "a secret has \(secretBytesMin) to \(secretBytesMax) bytes, and this one has \(secret.count)")
    }
    guard Set(secret).count >= secretBytesKindsMin else { throw HostKeysError(path, "a secret is random, and this one is a placeholder") }
    return HostKey(name: nil, material: .secret(HMACKey(secret)))
  }

  /// Whether these bytes are a key that is meant to be published, in a form that people know: used as a secret, anyone could sign with it.
  private static func isPublic(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    if text.contains("-----BEGIN") || text.contains("\"kty\"") || text.contains("ssh-") || text.contains("ecdsa-sha2-") { return true }
    if (try? PublicKey(spki: bytes)) != nil { return true }
    // DER of a key or a certificate, whatever its kind: a SEQUENCE that fills the file.
    return bytes.count > 4 && bytes[0] == 0x30
      && (bytes[1] < 0x80 ? Int(bytes[1]) + 2 == bytes.count : bytes[1] == 0x82 && Int(bytes[2]) << 8 + Int(bytes[3]) + 4 == bytes.count)
  }

  // MARK: PEM

  /// Every block of RFC 7468 must be a public key.
  static func keysOfPEM(_ bytes: [UInt8], _ path: String) throws(HostKeysError) -> [HostKey] {
    var keys: [HostKey] = []
    var block: (label: String, base64: [UInt8])?
    for line in bytes.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
      let text = String(decoding: ASCII.trimmed(line), as: UTF8.self)
      if let (label, base64) = block {
        guard text == "-----END \(label)-----" else {
          block = (label, base64 + text.utf8)
          continue
        }
        keys.append(try keyOfPEM(label, base64, number: keys.count + 1, path))
        block = nil
      } else if text.hasPrefix("-----BEGIN "), text.hasSuffix("-----"), text.utf8.count > 16 {
        block = (String(text.dropFirst(11).dropLast(5)), [])
      }
    }
    guard block == nil else { throw HostKeysError(path, "its last key has no end") }
    return keys
  }

  private static func keyOfPEM(_ label: String, _ base64: [UInt8], number: Int, _ path: String) throws(HostKeysError) -> HostKey {
    guard !label.hasSuffix("PRIVATE KEY") else {
      throw HostKeysError(path, "key \(number) is private: give only the public one (openssl pkey -pubout)")
    }
    guard label == "PUBLIC KEY" else {
      throw HostKeysError(path, "key \(number) is a \(label), and a PUBLIC KEY is wanted (openssl x509 -pubkey, openssl rsa -pubout)")
    }
    guard let der = decoded(base64) else { throw HostKeysError(path, "key \(number) is not base64") }
    return HostKey(name: nil, material: .publicKey(try key(der, number: number, path)))
  }

  private static func key(_ spki: [UInt8], number: Int, _ path: String) throws(HostKeysError) -> PublicKey {
    do throws(PublicKey.Unusable) {
      return try PublicKey(spki: spki)
    } catch {
      throw HostKeysError(path, "key \(number): \(error.reason)")
    }
  }

  /// Padded base64 (RFC 4648 section 4).
  private static func decoded(_ base64: [UInt8]) -> [UInt8]? {
    guard !base64.isEmpty, base64.count % 4 == 0 else { return nil }
    let padding = base64.suffix(2).filter { $0 == UInt8(ascii: "=") }.count
    var bytes = [UInt8](repeating: 0, count: base64.count / 4 * 3)
    guard EVP_DecodeBlock(&bytes, base64, Int32(base64.count)) == Int32(bytes.count) else { return nil }
    return Array(bytes.dropLast(padding))
  }

  // MARK: A key set

  /// Keys for other purposes and algorithms are left out, as providers publish them beside those for signatures; a broken, weak or private
  /// one refuses the file.
  static func keysOfSet(_ bytes: [UInt8], _ path: String) throws(HostKeysError) -> [HostKey] {
    guard let set = TokenJSON.parse(bytes), case .array(let entries)? = set["keys"] else {
      throw HostKeysError(path, #"it is not a JSON Web Key Set, {"keys": [...]}"#)
    }
    var keys: [HostKey] = []
    for (index, entry) in entries.enumerated() {
      do throws(PublicKey.Unusable) {
        if let key = try keyOfSet(entry) { keys.append(key) }
      } catch {
        throw HostKeysError(path, "key \(index + 1): \(error.reason)")
      }
    }
    return keys
  }

  /// Nil for a key that is not for signatures of RS256, ES256 or EdDSA.
  private static func keyOfSet(_ key: TokenJSON) throws(PublicKey.Unusable) -> HostKey? {
    guard case .object = key, let type = key["kty"]?.text else { throw PublicKey.Unusable(reason: "it is not an object with a kty") }
    guard type != "oct", key["d"] == nil, key["k"] == nil else {
      throw PublicKey.Unusable(reason: "it is secret: give only public keys, and a secret in a file of its own")
    }
    if let use = key["use"], use.text != "sig" { return nil }
    if case .array(let operations)? = key["key_ops"], !operations.contains(.string("verify")) { return nil }
    guard let spki = try spki(of: key, type) else { return nil }
    let publicKey = try PublicKey(spki: spki)
    if let algorithm = key["alg"], algorithm.text != publicKey.algorithm.rawValue { return nil }
    let name = key["kid"]?.text
    guard (key["kid"] == nil) == (name == nil), (1...keyNameBytesMax).contains(name?.utf8.count ?? 1) else {
      throw PublicKey.Unusable(reason: "its kid is not a text of 1 to \(keyNameBytesMax) bytes")
    }
    return HostKey(name: name, material: .publicKey(publicKey))
  }

  /// The key as a SubjectPublicKeyInfo (RFC 7518 section 6, RFC 8037 section 2). Nil for a type or curve that is not one of ours.
  private static func spki(of key: TokenJSON, _ type: String) throws(PublicKey.Unusable) -> [UInt8]? {
    func number(_ name: StaticString, bytes: Int? = nil) throws(PublicKey.Unusable) -> [UInt8] {
      guard let text = key[name]?.text, let value = Base64URL.decode(text), bytes == nil || value.count == bytes else {
        throw PublicKey.Unusable(reason: "its \(name) is not base64url\(bytes.map { " of \($0) bytes" } ?? "")")
      }
      return value
    }
    switch (type, key["crv"]?.text) {
    case ("RSA", _):
      guard let modulus = DER.positiveInteger(try number("n")), let exponent = DER.positiveInteger(try number("e")) else {
        throw PublicKey.Unusable(reason: "a number of it is 0")
      }
      return DER.publicKey(algorithm: DER.rsa, key: DER.element(0x30, modulus + exponent))
    case ("EC", "P-256"):
      return DER.publicKey(algorithm: DER.p256, key: [0x04] + (try number("x", bytes: 32)) + (try number("y", bytes: 32)))
    case ("OKP", "Ed25519"):
      return DER.publicKey(algorithm: DER.ed25519, key: try number("x", bytes: 32))
    default: return nil
    }
  }
}
