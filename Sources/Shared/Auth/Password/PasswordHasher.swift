// Hashes and verifies passwords, with bounded concurrency.

internal import CSodium
internal import Glibc
internal import HTTPSyntax
internal import Posix

/// What one hash costs.
public enum PasswordCost: Sendable {
  /// 64 MiB, three passes: 0.08 s of one core here. Above the floor for production, which is 19 MiB and two passes
  /// (OWASP's least for argon2id).
  case interactive
  /// 8 KiB, one pass: microseconds. **For tests only**: the passwords of a stolen database could be guessed in an afternoon.
  case minimum

  var passes: UInt64 {
    switch self {
    case .interactive: 3
    case .minimum: UInt64(crypto_pwhash_argon2id_OPSLIMIT_MIN)
    }
  }

  var memoryBytes: Int {
    switch self {
    case .interactive: 64 << 20
    case .minimum: Int(crypto_pwhash_argon2id_MEMLIMIT_MIN)
    }
  }
}

/// Errors that say nothing about the password: respond 503 and let the client try again.
public enum PasswordError: Error, Equatable {
  /// The wait queue is full.
  case busy
  /// This account or address has its share of the wait queue already.
  case shareExceeded
  /// There is not enough memory for a hash.
  case outOfMemory
}

/// argon2id (RFC 9106) with libsodium.
///
/// A hash takes a core and 64 MiB for a tenth of a second, and anyone who finds the sign-in page can cause one. So at most one runs per
/// core and a bounded number wait, shared among accounts and addresses, with a place kept for those who sign in (`FairLimiter`); the rest
/// get `.busy` or `.shareExceeded`. Blocks: never call from an event loop.
public final class PasswordHasher: Sendable {
  /// The default bound of the wait queue. At two cores and 0.08 s a hash the last of them waits 1.3 s.
  public static let waitersMax = 32
  /// Hashes of one account or address that may run and wait.
  public static let shareMax = 8

  let limiter: FairLimiter

  /// How many passwords are being hashed, and how many wait for that.
  public var load: (running: Int, waiting: Int) { limiter.load }
  private let cost: PasswordCost
  /// What passwords of unknown users are verified against: a hash of this cost that no password has.
  let dummy: String

  /// - Parameters:
  ///   - concurrent: hashes at a time; by default one per core that is online.
  ///   - waitersMax: callers that may wait, 0 or more; one more gets `.busy`.
  ///   - shareMax: hashes of one account or address that may run and wait, 1 or more; one more gets `.shareExceeded`.
  public init(
    cost: PasswordCost, concurrent: Int? = nil, waitersMax: Int = PasswordHasher.waitersMax, shareMax: Int = PasswordHasher.shareMax
  ) {
    Sodium.ready
    limiter = FairLimiter(
      permits: concurrent ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), waitersMax: waitersMax, shareMax: shareMax)
    self.cost = cost
    dummy = Self.dummy(cost)
  }

  /// The hash to store: at most 127 ASCII characters, beginning with `$argon2id$`. Throws `PasswordError`.
  public func hash(_ password: NewPassword, for requester: HashRequester = .unknown) throws(PasswordError) -> String {
    try storable(password.text, requester)
  }

  /// As `hash`, for a password that `verify` has just accepted and whose hash `needsRehash`. It may be older than the current rules.
  public func rehash(accepted password: String, for requester: HashRequester = .unknown) throws(PasswordError) -> String {
    try storable(PasswordText.canonical(password) ?? "", requester)
  }

  /// Whether `storedHash` was made from `password`. Throws `PasswordError`.
  ///
  /// Pass nil for a user who does not exist: the result is false after hashing against the dummy, as it is for a hash of unknown format
  /// and for a password that is too long. The time taken is the same and does not reveal who has an account. A hash of another system takes
  /// its own time until it is replaced at the first sign-in (`needsRehash`): until then it can be told from an account that does not exist.
  public func verify(
    _ password: String, against storedHash: String?, for requester: HashRequester = .unknown
  ) throws(PasswordError) -> Bool {
    let text = PasswordText.canonical(password)
    let stored = storedHash.flatMap { needsRehash($0) ? nil : Self.cString(argon2id: $0) }
    if stored == nil, let text, let storedHash, let foreign = try? StoredHash(storedHash) {
      return try verify(text, typed: password, against: foreign, requester)
    }
    switch try permitted(requester, { check(text ?? "", stored ?? Self.cString(argon2id: dummy) ?? []) }) {
    case .match: return text != nil && stored != nil
    case .mismatch: return false
    case .outOfMemory: throw .outOfMemory
    }
  }

  /// The other system has hashed the bytes that were typed there. They are in NFC nearly always, and are tried as they are, too, if not.
  private func verify(
    _ text: String, typed: String, against foreign: StoredHash, _ requester: HashRequester
  ) throws(PasswordError) -> Bool {
    let spellings = Array(text.utf8) == Array(typed.utf8) ? [Array(text.utf8)] : [Array(text.utf8), Array(typed.utf8)]
    for spelling in spellings {
      switch try permitted(requester, { foreign.verify(spelling) }) {
      case .match: return true
      case .mismatch: continue
      case .outOfMemory: throw .outOfMemory
      }
    }
    return false
  }

  /// Whether a stored hash was made by another algorithm or at another cost than the current ones. If so, `rehash` at the next sign-in.
  public func needsRehash(_ storedHash: String) -> Bool {
    guard let stored = Self.cString(argon2id: storedHash) else { return true }
    return crypto_pwhash_str_needs_rehash(stored, cost.passes, cost.memoryBytes) != 0
  }

  private func permitted<Result>(_ requester: HashRequester, _ body: () -> Result) throws(PasswordError) -> Result {
    switch limiter.withPermit(requester.permitRequest, body) {
    case .success(let result): return result
    case .failure(.full): throw .busy
    case .failure(.shareExceeded): throw .shareExceeded
    }
  }

  private func storable(_ text: String, _ requester: HashRequester) throws(PasswordError) -> String {
    guard let hash = try permitted(requester, { Self.argon2id(text, cost) }) else { throw .outOfMemory }
    return String(decoding: hash.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private func check(_ text: String, _ stored: [CChar]) -> StoredHash.Verdict {
    let password = text.utf8.map(CChar.init(bitPattern:))
    if crypto_pwhash_str_verify(stored, password, UInt64(password.count)) == 0 { return .match }
    // libsodium (1.0.18) returns the same -1 and errno for a wrong password and for a failed allocation. Calling the latter a wrong
    // password would lock users out while memory is short, so try the allocation before saying "wrong".
    return Self.canAllocate(cost.memoryBytes) ? .mismatch : .outOfMemory
  }

  /// Whether the system can allocate that much memory; untouched, it costs nothing.
  static func canAllocate(_ bytes: Int) -> Bool {
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard memory != MAP_FAILED else { return false }
    munmap(memory, bytes)
    return true
  }

  private static func argon2id(_ text: String, _ cost: PasswordCost) -> [CChar]? {
    let password = text.utf8.map(CChar.init(bitPattern:))
    var output = [CChar](repeating: 0, count: Int(crypto_pwhash_argon2id_STRBYTES))
    return crypto_pwhash_str(&output, password, UInt64(password.count), cost.passes, cost.memoryBytes) == 0 ? output : nil
  }

  /// A random salt and a random hash in the form of RFC 9106's reference implementation. Composed, not computed: programs that verify no
  /// password need not pay for a hash.
  private static func dummy(_ cost: PasswordCost) -> String {
    func text(_ count: Int) -> String { Base64.encode(Random.bytes(count)).replacing("=", with: "") }
    return "$argon2id$v=19$m=\(cost.memoryBytes >> 10),t=\(cost.passes),p=1$\(text(16))$\(text(32))"
  }

  /// A stored hash as libsodium reads it: 128 bytes, padded with zeros. Nil unless it is ASCII that fits and begins with `$argon2id$`.
  private static func cString(argon2id storedHash: String) -> [CChar]? {
    let bytes = Array(storedHash.utf8)
    let capacity = Int(crypto_pwhash_argon2id_STRBYTES)
    guard bytes.starts(with: "$argon2id$".utf8), bytes.count < capacity, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      return nil
    }
    return bytes.map(CChar.init(bitPattern:)) + Array(repeating: 0, count: capacity - bytes.count)
  }
}
