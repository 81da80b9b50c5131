// The keys that sign and verify access tokens.
internal import HTTPSyntax

/// One or more named keys; the first signs, all verify. To rotate a key, put a new one first and remove the old one when the last token
/// that it signed has expired.
public struct KeyRing: Sendable {
  public static let keysMax = 16
  public static let keyNameCharactersMax = 32
  public static let secretBytesMin = 32
  /// HMAC hashes longer keys down (RFC 2104 section 3), so more would add nothing.
  public static let secretBytesMax = 64

  let keys: [SigningKey]

  /// A ring of one new key that is not stored: for tests and tools whose tokens need not outlive them.
  public static func ephemeral() -> KeyRing {
    KeyRing(keys: [SigningKey(name: Random.id(), secret: Random.bytes(secretBytesMin))])
  }

  /// Not empty, and no name twice.
  init(keys: [SigningKey]) {
    precondition(!keys.isEmpty && Set(keys.map(\.name)).count == keys.count, "a ring has keys, each with its own name")
    self.keys = keys
  }

  /// The name of the key that signs.
  public var currentKeyName: String { current.name }

  var current: SigningKey { keys[0] }

  /// The key whose tokens have exactly this header.
  func key(forHeader header: Span<UInt8>) -> SigningKey? {
    // No header is parsed: there are as many acceptable headers as keys, and they are known.
    keys.first { key in
      guard key.header.count == header.count else { return false }
      for index in header.indices where header[index] != key.header[index] { return false }
      return true
    }
  }
}

/// A key, its name, and the header that its tokens have.
struct SigningKey: Sendable {
  let name: String
  let hmac: HMACKey
  /// `{"alg":"HS256","typ":"at+jwt","kid":"<name>"}` in base64url (RFC 7515 section 4.1, RFC 9068 section 2.1).
  let header: [UInt8]

  /// `name` has passed `isName`; `secret` has 32–64 bytes.
  init(name: String, secret: [UInt8]) {
    precondition(Self.isName(name), "a key's name goes into JSON as it is")
    precondition((KeyRing.secretBytesMin...KeyRing.secretBytesMax).contains(secret.count), "a key has 32 to 64 bytes")
    self.name = name
    hmac = HMACKey(secret)
    header = Array(Base64URL.encode(Array(#"{"alg":"HS256","typ":"at+jwt","kid":"\#(name)"}"#.utf8)).utf8)
  }

  /// 1–32 of `A–Z a–z 0–9 - _`.
  static func isName(_ text: some StringProtocol) -> Bool {
    (1...KeyRing.keyNameCharactersMax).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }
}
