// Turns passwords into hashes and checks them, a few at a time.

internal import CSodium
internal import Glibc

/// What one hash costs.
package enum PasswordCost: Sendable {
  /// 64 MiB, three passes: 0.08 s of one core here. Above the floor for production, which is 19 MiB and two passes
  /// (OWASP's least for argon2id).
  case interactive
  /// 8 KiB, one pass: microseconds. **For tests only**: a stolen database would be guessed through in an afternoon.
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

/// Why there is no answer about a password. Neither says anything about the password: answer 503 and let the client try again.
package enum PasswordError: Error, Equatable {
  /// As many wait already as may.
  case busy
  /// The machine has no memory left for a hash.
  case outOfMemory
}

/// argon2id (RFC 9106) with libsodium.
///
/// A hash wants a core and 64 MiB for a tenth of a second, and anyone who finds the sign-in page may ask for one. So at most one runs
/// per core, a bounded number wait in the order of their coming, and the rest are told `.busy`. The calling thread blocks meanwhile:
/// never call from an event loop.
package final class PasswordHasher: Sendable {
  /// How many wait unless said otherwise. At two cores and 0.08 s a hash the last of them waits 1.3 s.
  package static let waitersMax = 32

  let turnstile: ConcurrencyLimiter
  private let cost: PasswordCost
  private let dummy: [CChar]

  /// Makes the dummy hash, and so costs as much as one. Throws `.outOfMemory` if the machine cannot afford even that.
  ///
  /// - Parameters:
  ///   - concurrent: hashes at a time; by default one per core that is online.
  ///   - waitersMax: callers that may wait, 0 or more; one more gets `.busy`.
  package init(cost: PasswordCost, concurrent: Int? = nil, waitersMax: Int = PasswordHasher.waitersMax) throws(PasswordError) {
    Sodium.ready
    turnstile = ConcurrencyLimiter(inside: concurrent ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), waitersMax: waitersMax)
    self.cost = cost
    guard let dummy = Self.argon2id(Random.secret(), cost) else { throw .outOfMemory }
    self.dummy = dummy
  }

  /// The hash to store: at most 127 ASCII characters, beginning with `$argon2id$`. Throws `.busy` or `.outOfMemory`.
  package func hash(_ password: NewPassword) throws(PasswordError) -> String {
    try storable(password.text)
  }

  /// As `hash`, for a password that `verify` has just accepted and whose hash `needsRehash`. It may be older than today's rules.
  package func rehash(accepted password: String) throws(PasswordError) -> String {
    try storable(PasswordText.canonical(password) ?? "")
  }

  /// Whether `password` is the one that `storedHash` was made from. Throws `.busy` or `.outOfMemory`.
  ///
  /// Pass nil for a user who does not exist. That answers false after hashing against the dummy, as do a hash in a format not known
  /// here and a password too long to be one: the time taken is the same, and tells nobody who has an account.
  package func verify(_ password: String, against storedHash: String?) throws(PasswordError) -> Bool {
    let text = PasswordText.canonical(password)
    let stored = storedHash.flatMap(Self.cString(argon2id:))
    guard let verdict = turnstile.pass({ check(text ?? "", stored ?? dummy) }) else { throw .busy }
    switch verdict {
    case .match: return text != nil && stored != nil
    case .mismatch: return false
    case .outOfMemory: throw .outOfMemory
    }
  }

  /// Whether a stored hash was made by another algorithm or at another cost than today's. Then `rehash` at the next sign-in.
  package func needsRehash(_ storedHash: String) -> Bool {
    guard let stored = Self.cString(argon2id: storedHash) else { return true }
    return crypto_pwhash_str_needs_rehash(stored, cost.passes, cost.memoryBytes) != 0
  }

  private func storable(_ text: String) throws(PasswordError) -> String {
    guard let attempt = turnstile.pass({ Self.argon2id(text, cost) }) else { throw .busy }
    guard let hash = attempt else { throw .outOfMemory }
    return String(decoding: hash.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private enum Verdict {
    case match, mismatch, outOfMemory
  }

  private func check(_ text: String, _ stored: [CChar]) -> Verdict {
    let password = text.utf8.map(CChar.init(bitPattern:))
    if crypto_pwhash_str_verify(stored, password, UInt64(password.count)) == 0 { return .match }
    // libsodium (1.0.18) gives the same -1 and the same errno to a wrong password and to a failed allocation. Calling the second one a
    // wrong password would lock people out of a machine that is merely full, so ask for the memory once more before saying "wrong".
    return Self.canAllocate(cost.memoryBytes) ? .mismatch : .outOfMemory
  }

  /// Whether the system would lend so much memory; untouched, it costs nothing.
  private static func canAllocate(_ bytes: Int) -> Bool {
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

  /// A stored hash as libsodium reads it: in 128 bytes, the rest zero. Nil unless it is ASCII of that length and says argon2id.
  private static func cString(argon2id storedHash: String) -> [CChar]? {
    let bytes = Array(storedHash.utf8)
    let room = Int(crypto_pwhash_argon2id_STRBYTES)
    guard bytes.starts(with: "$argon2id$".utf8), bytes.count < room, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
    return bytes.map(CChar.init(bitPattern:)) + Array(repeating: 0, count: room - bytes.count)
  }
}
