// The opaque identifier that clients see for users, rooms and sessions.

/// 1–32 ASCII letters and digits: URL-safe and, when made by `Random.id()`, not guessable.
public struct PublicID: Hashable, Sendable {
  public static let charactersMax = 32

  public let text: String

  /// Nil unless `text` has the form of an identifier. A value of this type is safe in a URL, in JSON and in a log.
  public init?(_ text: String) {
    guard (1...Self.charactersMax).contains(text.utf8.count) else { return nil }
    for byte in text.utf8 where !byte.isASCIIAlphanumeric { return nil }
    self.text = text
  }

  /// For text from the database or the generator, which has this form.
  public init(trusted text: String) {
    self.text = text
  }
}

extension UInt8 {
  public var isASCIIAlphanumeric: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: false
    }
  }
}
