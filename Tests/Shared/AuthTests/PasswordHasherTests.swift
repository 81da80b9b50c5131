// Password hashes: verification, cost, and the bound on concurrent hashing.

import Glibc
import Posix
import Testing
import TestSupport

@testable import Auth

@Suite struct PasswordHasherTests {
  let hasher: PasswordHasher

  init() {
    hasher = PasswordHasher(cost: .minimum)
  }

  @Test func `the dummy hash is well-formed and has the cost of the others`() {
    #expect(!hasher.needsRehash(hasher.dummy))
    let production = PasswordHasher(cost: .interactive)
    #expect(!production.needsRehash(production.dummy))
    #expect(production.dummy.hasPrefix("$argon2id$v=19$m=65536,t=3,p=1$"))
  }

  @Test func `Alice's password is accepted and any other is not`() throws {
    let stored = try hasher.hash(NewPassword("correct horse battery staple"))
    #expect(try hasher.verify("correct horse battery staple", against: stored))
    for other in ["", "correct horse battery stapl", "correct horse battery staple ", "Correct horse battery staple", "\u{0}"] {
      #expect(try !hasher.verify(other, against: stored))
    }
  }

  @Test func `what follows a NUL is part of the password`() throws {
    let stored = try hasher.hash(NewPassword("swordfish\u{0}one"))
    #expect(try hasher.verify("swordfish\u{0}one", against: stored))
    #expect(try !hasher.verify("swordfish\u{0}two", against: stored))
    #expect(try !hasher.verify("swordfish", against: stored))
  }

  @Test func `an accent typed as one scalar or as two is the same password`() throws {
    let stored = try hasher.hash(NewPassword("cr\u{e8}me br\u{fb}l\u{e9}e"))
    #expect(try hasher.verify("cre\u{300}me bru\u{302}le\u{301}e", against: stored))
    #expect(try !hasher.verify("creme brulee", against: stored))
  }

  @Test func `the same password has another hash each time, and each is storable ASCII`() throws {
    let password = try NewPassword("correct horse battery staple")
    let (one, two) = (try hasher.hash(password), try hasher.hash(password))
    #expect(one != two)
    #expect(one.utf8.allSatisfy { (0x21...0x7e).contains($0) } && one.utf8.count < 128)
  }

  @Test func `a user who does not exist has no right password`() throws {
    for password in ["", "correct horse battery staple", String(repeating: "x", count: 100_000)] {
      #expect(try !hasher.verify(password, against: nil))
    }
  }

  @Test func `a password too long to be one is wrong, even for the hash of nothing`() throws {
    let stored = try hasher.rehash(accepted: "")
    #expect(try hasher.verify("", against: stored))
    #expect(try !hasher.verify(String(repeating: "x", count: 4097), against: stored))
  }

  @Test func `a hash made elsewhere by the reference program is understood`() throws {
    // argon2's own test vector: argon2id, version 0x13, t=2, m=2^16 KiB, p=1, "password" with "somesalt".
    let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
    #expect(try hasher.verify("password", against: stored))
    #expect(try !hasher.verify("passwore", against: stored))
  }

  @Test(
    arguments: [
      "", "password", "$", "$argon2id$", "$argon2id$v=19$m=65536,t=2,p=1$", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$",
      "$argon2id$v=19$m=4294967295,t=4294967295,p=4294967295$c29tZXNhbHQ$CTFh",
      "$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
      "$argon2d$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
      "$argon2id$v=19$m=8,t=4294967295,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc\u{0}x",
      "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "$6$salt$hash", "$argon2id$" + String(repeating: "a", count: 118),
      "$argon2id$" + String(repeating: "a", count: 100_000), "$argon2id$é",
    ])
  func `a hash in a format not known here matches nothing and is to be replaced`(stored: String) throws {
    #expect(try !hasher.verify("password", against: stored))
    #expect(hasher.needsRehash(stored))
  }

  @Test func `a production hash costs 64 MiB and three passes, and a change of cost asks for a new hash`() throws {
    let production = PasswordHasher(cost: .interactive)
    let cheap = try hasher.hash(NewPassword("correct horse battery staple"))
    #expect(cheap.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
    #expect(!hasher.needsRehash(cheap))
    #expect(production.needsRehash(cheap))
    #expect(try production.verify("correct horse battery staple", against: cheap))

    let dear = try production.rehash(accepted: "short")
    #expect(dear.hasPrefix("$argon2id$v=19$m=65536,t=3,p=1$"))
    #expect(!production.needsRehash(dear))
    #expect(hasher.needsRehash(dear))
    #expect(try production.verify("short", against: dear))
  }

  @Test func `a caller is rejected at once when the queue is full, for known and unknown users alike`() throws {
    let hasher = PasswordHasher(cost: .minimum, concurrent: 1, waitersMax: 0)
    let password = try NewPassword("correct horse battery staple")
    let stored = try hasher.hash(password)
    _ = hasher.limiter.withPermit(HashRequester.unknown.permitRequest) {
      #expect(throws: PasswordError.busy) { try hasher.hash(password) }
      #expect(throws: PasswordError.busy) { try hasher.rehash(accepted: "short") }
      #expect(throws: PasswordError.busy) { try hasher.verify("correct horse battery staple", against: stored) }
      #expect(throws: PasswordError.busy) { try hasher.verify("correct horse battery staple", against: nil) }
    }
    #expect(try hasher.verify("correct horse battery staple", against: stored))
  }

  @Test func `eight threads that hash and verify at once are all served`() throws {
    let hasher = hasher
    let right = Threads.run(8) { thread in
      (0..<20).count { round in
        let text = "password of \(thread), \(round)"
        guard let password = try? NewPassword(text), let stored = try? hasher.hash(password) else { return false }
        return (try? hasher.verify(text, against: stored)) == true && (try? hasher.verify(text + "?", against: stored)) == false
      }
    }
    #expect(right == Array(repeating: 20, count: 8))
  }

  @Test(.enabled(if: addressSpaceCanBeLimited))
  func `a machine without memory says so, and calls no right password wrong`() async {
    await #expect(processExitsWith: .success) {
      let hasher = PasswordHasher(cost: .interactive)
      let stored = try hasher.rehash(accepted: "correct horse battery staple")
      #expect(try hasher.verify("correct horse battery staple", against: stored))

      var limit = rlimit(rlim_cur: rlim_t(addressSpaceBytes() + (32 << 20)), rlim_max: .max)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
      #expect(throws: PasswordError.outOfMemory) { try hasher.verify("correct horse battery staple", against: stored) }
      #expect(throws: PasswordError.outOfMemory) { try hasher.verify("another", against: nil) }
      #expect(throws: PasswordError.outOfMemory) { try hasher.rehash(accepted: "correct horse battery staple") }
    }
  }
}

/// How much address space this process has mapped.
private func addressSpaceBytes() -> Int {
  guard let file = try? OpenFile("/proc/self/statm", O_RDONLY), let bytes = try? file.contents("statm", bytesMax: 4096) else { return .max }
  let pages = bytes.prefix { $0 != UInt8(ascii: " ") }.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  return pages * 4096
}

/// Not where a sanitizer keeps terabytes of shadow memory mapped.
private let addressSpaceCanBeLimited = addressSpaceBytes() < 1 << 40
