// The fair limiter: a bounded number run and wait, and nobody shuts out others.
import Glibc
import Posix
import TestSupport
import Testing

@Suite struct FairLimiterTests {
  @Test func `three run and five wait; the ninth is rejected at once, and all eight get through`() {
    let limiter = FairLimiter(permits: 3, waitersMax: 5, shareMax: 9)
    let running = RunningCount()
    let gate = Condition((isIn: 0, isOpen: false))
    let passed = Condition(0)

    let holders = (0..<3).map { _ in
      Thread(name: "holder") {
        let result = limiter.withPermit {
          running.enter()
          gate.update { $0.isIn += 1 }
          _ = gate.wait { $0.isOpen ? true : nil }
          running.leave()
          return true
        }
        if result == true { passed.update { $0 += 1 } }
      }
    }
    _ = gate.wait { $0.isIn == 3 ? true : nil }
    let waiters = (0..<5).map { _ in
      Thread(name: "waiter") {
        let result = limiter.withPermit {
          running.enter()
          sched_yield()
          running.leave()
          return true
        }
        if result == true { passed.update { $0 += 1 } }
      }
    }
    limiter.awaitQueue(of: 5)
    #expect(limiter.withPermit { true } == nil)
    #expect(limiter.waiting == 5)
    #expect(running.most == 3)

    gate.update { $0.isOpen = true }
    for thread in holders + waiters { thread.join() }
    #expect(passed.update { $0 } == 8)
    #expect(running.most == 3)
    #expect(limiter.waiting == 0)
    #expect(limiter.withPermit { true } == true)
  }

  @Test func `those who wait are admitted in the order in which they came`() {
    let limiter = FairLimiter(permits: 1, waitersMax: 10, shareMax: 20)
    let order = Condition<[Int]>([])
    let waiters = limiter.withPermit {
      (0..<10).map { index in
        let thread = Thread(name: "waiter") { limiter.withPermit { order.update { $0.append(index) } } }
        limiter.awaitQueue(of: index + 1)
        return thread
      }
    }
    for thread in waiters ?? [] { thread.join() }
    #expect(order.update { $0 } == Array(0..<10))
  }

  @Test func `without places to wait, the next is rejected while one runs`() {
    let limiter = FairLimiter(permits: 1, waitersMax: 0, shareMax: 9)
    #expect(limiter.withPermit { limiter.withPermit { true } == nil } == true)
    #expect(limiter.withPermit { true } == true)
  }

  @Test func `of sixteen threads never more than two run, and nobody is forgotten`() {
    let limiter = FairLimiter(permits: 2, waitersMax: 16, shareMax: 20)
    let running = RunningCount()
    let passed = Threads.run(16) { _ in
      (0..<500).count { _ in
        let passed: Void? = limiter.withPermit {
          running.enter()
          sched_yield()
          running.leave()
        }
        return passed != nil
      }
    }
    #expect(passed == Array(repeating: 500, count: 16))
    #expect(running.most <= 2)
    #expect(limiter.waiting == 0)
  }
}

extension FairLimiter {
  fileprivate func withPermit<Result>(_ body: () -> Result) -> Result? {
    try? withPermit(PermitRequest(isPreferred: true, parties: []), body).get()
  }

  fileprivate var waiting: Int { load.waiting }

  /// Returns when `count` callers wait. They are threads already started, so this needs no sleep and no deadline of its own.
  fileprivate func awaitQueue(of count: Int) {
    while waiting < count { sched_yield() }
  }
}

/// How many run, and how many ever did at once.
private final class RunningCount: Sendable {
  private let counts = Lock((now: 0, most: 0))

  var most: Int { counts.withLock { $0.most } }

  func enter() {
    counts.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
  }

  func leave() {
    counts.withLock { $0.now -= 1 }
  }
}
