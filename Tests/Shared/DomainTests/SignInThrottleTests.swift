// Who guesses is slowed down, and nobody is locked out.
import TestSupport
import Testing

@testable import Domain

/// The same rules in another way: a queue of times at which an account or network has cooled by one.
private struct Model {
  struct Queue {
    var ends: [Int64] = []
    func level(_ now: Int64) -> Int { ends.count { $0 > now } }
    mutating func add(_ cooling: Int64, _ max: Int, _ now: Int64) {
      ends.removeAll { $0 <= now }
      if ends.count < max { ends.append((ends.last ?? now) + cooling) }
    }
    mutating func removeOne(_ now: Int64) {
      ends.removeAll { $0 <= now }
      _ = ends.popLast()
    }
  }

  var accounts: [Int64: Queue] = [:]
  var networks: [String: Queue] = [:]
  var known: [SignInThrottle.Try: Queue] = [:]
  var waits: [SignInThrottle.Try: Int64] = [:]

  /// Nil: admitted.
  mutating func begin(_ attempt: SignInThrottle.Try, isKnown: Bool, now: Int64) -> Int64? {
    func wait(_ level: Int, _ free: Int) -> Int64 { level < free ? 0 : min(600_000, Int64(level - free + 1) * 5000) }
    let network = attempt.network ?? ""
    let hot = max(
      wait(accounts[attempt.account, default: Queue()].level(now), 5),
      attempt.network == nil ? 0 : wait(networks[network, default: Queue()].level(now), 20))
    if hot > 0 {
      if isKnown {
        let queue = known[attempt, default: Queue()]
        if queue.level(now) >= 10 { return queue.ends.first { $0 > now }.map { $0 - now } }
        known[attempt, default: Queue()].add(6000, 10, now)
        return nil
      }
      guard let until = waits[attempt], until + 600_000 > now || until > now else {
        waits[attempt] = now + hot
        return hot
      }
      if until > now { return until - now }
      waits[attempt] = nil
    }
    accounts[attempt.account, default: Queue()].add(30_000, 124, now)
    if attempt.network != nil { networks[network, default: Queue()].add(10_000, 139, now) }
    return nil
  }

  mutating func succeed(_ attempt: SignInThrottle.Try, asKnown: Bool, now: Int64) {
    if asKnown {
      known[attempt]?.removeOne(now)
    } else {
      accounts[attempt.account]?.removeOne(now)
      if let network = attempt.network { networks[network]?.removeOne(now) }
    }
  }
}

@Suite struct SignInThrottleTests {
  private typealias Try = SignInThrottle.Try

  /// The whole question, as a caller asks it.
  private static func begin(_ throttle: inout SignInThrottle, _ attempt: Try, isKnown: Bool, _ now: Int64) -> SignInThrottle.Verdict {
    let verdict = throttle.begin(attempt, isKnown: nil, now: now)
    return verdict == .unclear ? throttle.begin(attempt, isKnown: isKnown, now: now) : verdict
  }

  @Test(arguments: 1...6)
  func `it decides as the model does, over thousands of random tries`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var (throttle, model) = (SignInThrottle(), Model())
    var now: Int64 = 1_000_000
    var outcomes: [String: Int] = [:]
    for step in 0..<6000 {
      now += random.pick([0, 1, 10, 999, 1000, 5000, 30_000, random.int64(0...120_000)])
      if random.int(0...400) == 0 { now += random.int64(0...3_000_000) }
      let network = random.pick(["home", "work", "a", "b", "c", "d", "e", nil])
      let attempt = Try(account: random.pick([1, 1, 1, 2, 3]), network: network)
      let isKnown = network == "home" || network == "work" && attempt.account == 2
      let verdict = Self.begin(&throttle, attempt, isKnown: isKnown, now)
      let wait = model.begin(attempt, isKnown: isKnown, now: now)
      switch (verdict, wait) {
      case (.admitted(let admission), nil):
        outcomes["admitted", default: 0] += 1
        if random.int(0...9) == 0 {
          throttle.succeed(admission, now: now)
          model.succeed(attempt, asKnown: admission == SignInThrottle.Admission(attempt: attempt, countsAsKnown: true), now: now)
        }
      case (.wait(let told), let wait?) where told == wait: outcomes["wait", default: 0] += 1
      default:
        Issue.record("seed \(seed), step \(step): \(verdict), the model says \(String(describing: wait))")
        return
      }
    }
    #expect(outcomes["admitted", default: 0] > 500 && outcomes["wait", default: 0] > 500, "\(outcomes)")
  }

  @Test func `while a thousand networks guess for an hour, the owner gets in at once from home, and elsewhere after the stated time`() {
    var throttle = SignInThrottle()
    var now: Int64 = 0
    var checked = 0
    var told: Int64?
    var (home, elsewhere) = (0, 0)
    for second in 0..<3600 {
      now = Int64(second) * 1000
      for number in 0..<1000 where (second + number) % 5 == 0 {
        if case .admitted = Self.begin(&throttle, Try(account: 1, network: "bot \(number)"), isKnown: false, now) { checked += 1 }
      }
      if second % 60 == 0, case .admitted(let admission) = Self.begin(&throttle, Try(account: 1, network: "home"), isKnown: true, now) {
        home += 1
        throttle.succeed(admission, now: now)
      }
      switch (told, Self.begin(&throttle, Try(account: 1, network: "elsewhere"), isKnown: false, now)) {
      case (let until?, .admitted):
        #expect(now >= until)
        elsewhere += 1
        told = nil
      case (let until?, .wait(let wait)): #expect(now + wait == until, "the stated time does not grow")
      case (nil, .wait(let wait)):
        #expect(wait <= SignInThrottle.waitMaxMilliseconds)
        told = now + wait
      default: break
      }
    }
    #expect(home == 60, "from home at once, each minute")
    #expect(elsewhere >= 6, "\(elsewhere)")
    // Without a limit, 720,000.
    #expect(checked < 10_000, "\(checked)")
    #expect(throttle.count < 2100, "\(throttle.count)")
    now += 3600 * 1000 + SignInThrottle.gracePeriodMilliseconds
    #expect(Self.begin(&throttle, Try(account: 1, network: "elsewhere"), isKnown: false, now) != .unclear)
    #expect(throttle.count <= 2, "it is forgotten when it is cold: \(throttle.count)")
  }

  @Test func `one network that tries the same password on many accounts is slowed down, and an account that knows it is not`() {
    var throttle = SignInThrottle()
    var checked = 0
    for number in 0..<1000 {
      if case .admitted = Self.begin(&throttle, Try(account: Int64(number), network: "office"), isKnown: false, 0) { checked += 1 }
    }
    #expect(checked == SignInThrottle.networkFreeTries)
    #expect(Self.begin(&throttle, Try(account: 5000, network: "office"), isKnown: false, 0) == .wait(5000))
    guard case .admitted = Self.begin(&throttle, Try(account: 5001, network: "office"), isKnown: true, 0) else {
      Issue.record("refused where the account has been signed in before")
      return
    }
  }

  @Test func `one attacker gets few tries in a day`() {
    var throttle = SignInThrottle()
    var checked = 0
    for second in 0..<86_400 {
      if case .admitted = Self.begin(&throttle, Try(account: 1, network: "bot"), isKnown: false, Int64(second) * 1000) { checked += 1 }
    }
    // One each half minute is what cools.
    #expect(checked < 3200, "\(checked)")
  }

  @Test func `what is stored is bounded, and those who do not fit in are refused all the same`() {
    var throttle = SignInThrottle()
    for number in 0..<120_000 {
      _ = Self.begin(&throttle, Try(account: Int64(number), network: nil), isKnown: false, 0)
    }
    #expect(throttle.count == SignInThrottle.entriesMax)
    for _ in 0..<10 { _ = Self.begin(&throttle, Try(account: 1, network: nil), isKnown: false, 0) }
    for number in 0..<120_000 {
      guard case .wait = Self.begin(&throttle, Try(account: 1, network: "\(number)"), isKnown: false, 0) else {
        Issue.record("admitted")
        return
      }
    }
    #expect(throttle.count <= 2 * SignInThrottle.entriesMax)
  }
}
