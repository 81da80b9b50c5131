// The memory of the rate limit.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct RateLimitsTests {
  private static let limit = RateLimit(count: 3, windowMilliseconds: 100)

  private static func admit(_ store: TemporaryDatabase, _ user: User, boot: String = "boot1", at now: Int64) throws -> String {
    switch try store.write({ try RateLimits.tryAcquire(.message, of: user.rowID, limit, boot: boot, nowMilliseconds: now, $0) }) {
    case .admitted: "yes"
    case .refused(let milliseconds): "in \(milliseconds)"
    }
  }

  @Test func `each user has their own window`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let bob = try store.addUser("bob")
    #expect(try [0, 10, 20].map { try Self.admit(store, alice, at: $0) } == ["yes", "yes", "yes"])
    #expect(try Self.admit(store, alice, at: 30) == "in 70")
    #expect(try Self.admit(store, bob, at: 30) == "yes")
    #expect(try Self.admit(store, alice, at: 99) == "in 1")
    #expect(try Self.admit(store, alice, at: 100) == "yes")
    #expect(try Self.admit(store, alice, at: 101) == "in 9")
  }

  @Test func `the window survives a restart of the program, but not of the machine`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let large: Int64 = 1 << 52
    for now in [large, large, large] { #expect(try Self.admit(store, alice, at: now) == "yes") }
    let restarted = try GroupCommit(path: store.path) { _ in }
    let verdict = try restarted.perform {
      try RateLimits.tryAcquire(.message, of: alice.rowID, Self.limit, boot: "boot1", nowMilliseconds: large + 1, $0)
    }
    restarted.stop()
    #expect(verdict == .refused(retryAfterMilliseconds: 99))
    #expect(try Self.admit(store, alice, boot: "boot2", at: 5) == "yes")
    #expect(try Self.admit(store, alice, boot: "boot2", at: 6) == "yes")
    #expect(try Self.admit(store, alice, boot: "boot2", at: 7) == "yes")
    #expect(try Self.admit(store, alice, boot: "boot2", at: 8) == "in 97")
  }

  @Test func `a message that was rolled back does not count`() throws {
    struct Oops: Error {}
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    for _ in 0..<10 {
      #expect(throws: Oops.self) {
        try store.write { transaction in
          _ = try RateLimits.tryAcquire(.message, of: alice.rowID, Self.limit, boot: "boot1", nowMilliseconds: 1, transaction)
          throw Oops()
        }
      }
    }
    #expect(try Self.admit(store, alice, at: 2) == "yes")
  }

  @Test func `two programs together admit as many as one`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let other = try GroupCommit(path: store.path) { _ in }
    let limit = RateLimit(count: 40, windowMilliseconds: 1000)
    let admitted = Threads.run(6) { thread -> Int in
      let writer = thread % 2 == 0 ? store.writer : other
      return (0..<20).filter { _ in
        let verdict = try? writer.perform {
          try RateLimits.tryAcquire(.message, of: alice.rowID, limit, boot: "boot1", nowMilliseconds: 7, $0)
        }
        if case .admitted? = verdict { return true }
        return false
      }.count
    }
    other.stop()
    #expect(admitted.reduce(0, +) == 40)
  }

  @Test func `a key is remembered with its result, for its user alone, until it is swept`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let bob = try store.addUser("bob")
    let key = try ClientID("k1")
    try store.write {
      try IdempotencyKeys.insert(key, of: alice.rowID, fingerprint: -1, result: "r1", at: Timestamp(milliseconds: 50), $0)
    }
    let entry = try store.read { try IdempotencyKeys.find(key, of: alice.rowID, $0) }
    #expect(entry?.fingerprint == -1 && entry?.result == "r1")
    #expect(try store.read { try IdempotencyKeys.find(key, of: bob.rowID, $0) } == nil)
    try store.write { try IdempotencyKeys.sweep(before: Timestamp(milliseconds: 50), $0) }
    #expect(try store.read { try IdempotencyKeys.find(key, of: alice.rowID, $0) } != nil)
    try store.write { try IdempotencyKeys.sweep(before: Timestamp(milliseconds: 51), $0) }
    #expect(try store.read { try IdempotencyKeys.find(key, of: alice.rowID, $0) } == nil)
  }
}
