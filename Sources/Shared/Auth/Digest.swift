// Hashes, hexadecimal text and constant-time comparison.

internal import COpenSSL

public enum Digest {
  /// SHA-256 (FIPS 180-4): 32 bytes. About 0.3 µs for a message of 300 bytes.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    Algorithm.sha256.digest(bytes)
  }

  /// SHA-1 (RFC 3174): 20 bytes. Not collision-resistant; used only for the accept key of a WebSocket handshake
  /// (RFC 6455 section 4.2.2).
  public static func sha1(_ bytes: [UInt8]) -> [UInt8] {
    Algorithm.sha1.digest(bytes)
  }

  /// The first eight bytes of SHA-256, big-endian: a fingerprint that fits a database column. It tells an honest client's two requests
  /// apart, but does not resist a search for collisions (2^32 tries).
  public static func sha256Prefix64(_ bytes: [UInt8]) -> Int64 {
    Int64(bitPattern: sha256(bytes).prefix(8).reduce(0) { ($0 << 8) | UInt64($1) })
  }

  /// Two lowercase digits per byte.
  public static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Whether both hold the same bytes. The time taken depends on the length alone, not on the content.
  public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
  }
}

/// SHA-256 of bytes that come in parts. Belongs to one thread.
public final class SHA256 {
  private let context: OpaquePointer

  public init() {
    guard let context = EVP_MD_CTX_new() else { fatalError("libcrypto is out of memory") }
    self.context = context
    precondition(EVP_DigestInit_ex2(context, Algorithm.sha256.pointer, nil) == 1, "libcrypto fails to hash")
  }

  deinit { EVP_MD_CTX_free(context) }

  public func update(_ bytes: ArraySlice<UInt8>) {
    let done = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    precondition(done == 1, "libcrypto fails to hash")
  }

  /// The 32 bytes of the hash. Nothing may be added afterwards.
  public func finish() -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: 32)
    precondition(EVP_DigestFinal_ex(context, &hash, nil) == 1, "libcrypto fails to hash")
    return hash
  }
}

/// A hash function, looked up in libcrypto once: the look-up takes longer than hashing a short message.
private struct Algorithm: @unchecked Sendable {
  static let sha256 = Algorithm("SHA256", bytes: 32)
  static let sha1 = Algorithm("SHA1", bytes: 20)

  // Never changed after it was fetched and never freed; libcrypto counts its references atomically.
  fileprivate let pointer: OpaquePointer
  private let bytes: Int

  private init(_ name: String, bytes: Int) {
    guard let pointer = EVP_MD_fetch(nil, name, nil) else { fatalError("libcrypto has no \(name)") }
    self.pointer = pointer
    self.bytes = bytes
  }

  func digest(_ message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: bytes) { output, count in
      var written: UInt32 = 0
      let done = EVP_Digest(message, message.count, output.baseAddress, &written, pointer, nil)
      precondition(done == 1 && Int(written) == bytes, "libcrypto fails to hash")
      count = bytes
    }
  }
}
