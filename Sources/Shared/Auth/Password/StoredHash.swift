// The kinds of password hashes that can be verified, and how costly they may be.
internal import HTTPSyntax

/// Why a hash cannot be used; may be shown to the operator.
public enum StoredHashError: Error, Equatable {
  /// None of those that `StoredHash` names.
  case unknownKind
  /// It does not have the form of its kind.
  case malformed
  /// Verifying it would take too much; with the bound.
  case tooCostly(String)
}

/// A hash as it is stored: argon2id of this service; of other systems, argon2i and argon2id (RFC 9106, version 1.3), bcrypt (`$2a$`, `$2b$`,
/// `$2y$`), passlib's `$bcrypt-sha256$` of versions 1 and 2, and of crypt(5) yescrypt (`$y$`), sha512-crypt (`$6$`) and sha256-crypt (`$5$`).
/// One that exists has the form of its kind, and costs at most what is bounded here: anyone who signs in decides when it is computed.
public struct StoredHash: Sendable, Equatable {
  /// Characters of a hash.
  public static let charactersMax = 255
  /// Doublings of bcrypt: 14 take about a second.
  public static let bcryptCostMax = 14
  /// Memory of argon2 and yescrypt.
  public static let memoryMiBMax = 256
  public static let argon2PassesMax = 10
  public static let argon2LanesMax = 16
  /// Rounds of sha512-crypt and sha256-crypt: about a second.
  public static let roundsMax = 1_000_000

  enum Kind: Sendable, Equatable {
    case argon2(memoryBytes: Int)
    /// Verified by libcrypt; the last `checksum` characters are what it computes.
    case crypt(checksum: Int)
    /// bcrypt of the base64 of a SHA-256, which is keyed with the salt since version 2.
    case bcryptSHA256(setting: String, checksum: String, salt: String, isKeyed: Bool)
  }

  let text: String
  let kind: Kind

  public init(_ text: String) throws(StoredHashError) {
    guard text.hasPrefix("$") else { throw .unknownKind }
    guard text.utf8.count <= Self.charactersMax, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .malformed }
    let parts = text.split(separator: "$", omittingEmptySubsequences: false).dropFirst().map(String.init)
    guard let name = parts.first else { throw .unknownKind }
    self.text = text
    switch name {
    case "argon2id", "argon2i": kind = try Self.argon2(parts)
    case "2a", "2b", "2y": kind = try Self.bcrypt(parts)
    case "bcrypt-sha256": kind = try Self.bcryptSHA256(parts)
    case "y": kind = try Self.yescrypt(parts)
    case "6": kind = try Self.shaCrypt(parts, checksum: 86)
    case "5": kind = try Self.shaCrypt(parts, checksum: 43)
    default: throw .unknownKind
    }
  }

  /// `$argon2id$v=19$m=65536,t=3,p=4$salt$hash`. libsodium reads at most 127 characters.
  private static func argon2(_ parts: [String]) throws(StoredHashError) -> Kind {
    guard parts.count == 5, parts[1] == "v=19", parts.reduce(parts.count, { $0 + $1.utf8.count }) <= 127 else { throw .malformed }
    let numbers = parts[2].split(separator: ",", omittingEmptySubsequences: false)
    guard numbers.count == 3, let memory = number(numbers[0], "m="), let passes = number(numbers[1], "t="),
      let lanes = number(numbers[2], "p="), isBase64(parts[3], 11...64), isBase64(parts[4], 22...86), lanes >= 1, passes >= 1,
      memory >= 8 * lanes
    else { throw .malformed }
    guard memory <= memoryMiBMax << 10 else { throw .tooCostly("at most \(memoryMiBMax) MiB") }
    guard passes <= argon2PassesMax else { throw .tooCostly("at most \(argon2PassesMax) passes") }
    guard lanes <= argon2LanesMax else { throw .tooCostly("at most \(argon2LanesMax) lanes") }
    return .argon2(memoryBytes: memory << 10)
  }

  /// `$2b$12$`, 22 characters of salt and 31 of checksum.
  private static func bcrypt(_ parts: [String]) throws(StoredHashError) -> Kind {
    guard parts.count == 3, parts[1].utf8.count == 2, let cost = Int(digits: parts[1]), isCrypt64(parts[2], 53...53) else {
      throw .malformed
    }
    try checkBcrypt(cost)
    return .crypt(checksum: 31)
  }

  private static func checkBcrypt(_ cost: Int) throws(StoredHashError) {
    guard cost >= 4 else { throw .malformed }
    guard cost <= bcryptCostMax else { throw .tooCostly("a cost of at most \(bcryptCostMax)") }
  }

  /// Version 1: `$bcrypt-sha256$2a,12$salt$checksum`; version 2: `$bcrypt-sha256$v=2,t=2b,r=12$salt$checksum`.
  private static func bcryptSHA256(_ parts: [String]) throws(StoredHashError) -> Kind {
    guard parts.count == 4, isCrypt64(parts[2], 22...22), isCrypt64(parts[3], 31...31) else { throw .malformed }
    let fields = parts[1].split(separator: ",", omittingEmptySubsequences: false)
    let isKeyed = fields.count == 3
    let (type, rounds) = isKeyed ? (fields[1].dropFirst(2), number(fields[2], "r=")) : (fields[0], fields.last.flatMap { number($0, "") })
    guard isKeyed ? fields[0] == "v=2" && fields[1] == "t=2b" : fields.count == 2 && (type == "2a" || type == "2b" || type == "2y"),
      let rounds
    else { throw .malformed }
    try checkBcrypt(rounds)
    let setting = "$\(type)$\(rounds < 10 ? "0" : "")\(rounds)$\(parts[2])"
    return .bcryptSHA256(setting: setting, checksum: parts[3], salt: parts[2], isKeyed: isKeyed)
  }

  /// `$y$j9T$salt$hash`: the flavour, the logarithm of the number of blocks, and their size, one character each in all that crypt(5) makes.
  private static func yescrypt(_ parts: [String]) throws(StoredHashError) -> Kind {
    guard parts.count == 4, isCrypt64(parts[2], 1...86), isCrypt64(parts[3], 43...43) else { throw .malformed }
    let values = parts[1].utf8.compactMap { crypt64.firstIndex(of: $0) }
    guard parts[1].utf8.count == 3, values.count == 3, parts[1].hasPrefix("j"), values[1] < 30, values[2] < 48 else { throw .malformed }
    let bytes = (128 << (values[1] + 1)) * (values[2] + 1)
    guard bytes <= memoryMiBMax << 20 else { throw .tooCostly("at most \(memoryMiBMax) MiB") }
    return .crypt(checksum: 43)
  }

  /// `$6$salt$hash`, or `$6$rounds=656000$salt$hash`.
  private static func shaCrypt(_ parts: [String], checksum: Int) throws(StoredHashError) -> Kind {
    guard parts.count == 3 || parts.count == 4, parts[parts.count - 2].utf8.count <= 16,
      isCrypt64(parts[parts.count - 1], checksum...checksum)
    else { throw .malformed }
    if parts.count == 4 {
      guard let rounds = number(parts[1], "rounds="), rounds >= 1000 else { throw .malformed }
      guard rounds <= roundsMax else { throw .tooCostly("at most \(roundsMax) rounds") }
    }
    return .crypt(checksum: checksum)
  }

  /// The number after a prefix, written without needless zeros.
  private static func number(_ text: some StringProtocol, _ prefix: String) -> Int? {
    guard text.hasPrefix(prefix) else { return nil }
    let digits = text.dropFirst(prefix.count)
    guard digits.utf8.count <= 9, let value = Int(digits: digits), value == 0 || digits.first != "0" else { return nil }
    return value
  }

  private static let crypt64 = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

  private static func isCrypt64(_ text: String, _ length: ClosedRange<Int>) -> Bool {
    length.contains(text.utf8.count) && text.utf8.allSatisfy(crypt64.contains)
  }

  /// base64 without padding.
  private static func isBase64(_ text: String, _ length: ClosedRange<Int>) -> Bool {
    length.contains(text.utf8.count) && text.utf8.allSatisfy { ASCII.isDigit($0) || ASCII.isLetter($0) || $0 == 0x2b || $0 == 0x2f }
  }
}
