// Verifying the hashes of other systems with libsodium and libcrypt.
internal import CCrypt
internal import CSodium
internal import Glibc
internal import HTTPSyntax

extension StoredHash {
  enum Verdict {
    case match, mismatch, outOfMemory
  }

  /// Whether the hash was made from these bytes. Takes as long as the hash costs: call with a permit.
  func verify(_ password: [UInt8]) -> Verdict {
    switch kind {
    case .argon2: verifyArgon2(password)
    case .crypt(let checksum): Self.verify(password, setting: text, checksum: String(text.suffix(checksum)))
    case .bcryptSHA256(let setting, let checksum, let salt, let isKeyed):
      Self.verify(
        Array(Base64.encode(isKeyed ? HMACKey(Array(salt.utf8)).authenticationCode(for: password.span) : Digest.sha256(password)).utf8),
        setting: setting, checksum: checksum)
    }
  }

  private func verifyArgon2(_ password: [UInt8]) -> Verdict {
    let stored = text.utf8.map(CChar.init(bitPattern:))
    let padded = stored + [CChar](repeating: 0, count: max(1, Int(crypto_pwhash_STRBYTES) - stored.count))
    let bytes = password.map(CChar.init(bitPattern:))
    if crypto_pwhash_str_verify(padded, bytes, UInt64(bytes.count)) == 0 { return .match }
    guard case .argon2(let memoryBytes) = kind else { return .mismatch }
    return PasswordHasher.canAllocate(memoryBytes) ? .mismatch : .outOfMemory
  }

  /// libcrypt reads a C string, so for it a password ends at its first NUL: one that has any is no match. Only the checksum is compared, since
  /// of the last character of a bcrypt salt some bits do not count, and libcrypt writes them in its own way.
  private static func verify(_ password: [UInt8], setting: String, checksum: String) -> Verdict {
    guard !password.contains(0) else { return .mismatch }
    errno = 0
    guard let computed = computed(password, setting: setting) else { return errno == ENOMEM ? .outOfMemory : .mismatch }
    return Digest.equal(Array(computed.utf8.suffix(checksum.utf8.count)), Array(checksum.utf8)) ? .match : .mismatch
  }

  /// What libcrypt makes of a password without NUL; nil if it cannot, with the reason in `errno`.
  static func computed(_ password: [UInt8], setting: String) -> String? {
    var data: UnsafeMutableRawPointer?
    var size: CInt = 0
    defer { free(data) }
    return crypt_ra(password.map(CChar.init(bitPattern:)) + [0], setting, &data, &size).map { String(cString: $0) }
  }
}
