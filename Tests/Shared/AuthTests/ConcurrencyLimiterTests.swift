// A few at a time, in order, with a short queue.

import Glibc
import Synchronization
import Testing

@testable import Auth

@Suite struct ConcurrencyLimiterTests {
  @Test("three may be inside and five may wait; the ninth is turned away at once, and all eight get through")
  func bounds() {
    let turnstile = ConcurrencyLimiter(inside: 3, waitersMax: 5)
    let inside = Counter()
    let entered = Barrier(4)
    let released = Barrier(4)

    let holders = (0..<3).map { _ in
      Threads.start {
        turnstile.pass {
          inside.enter()
          entered.wait()
          released.wait()
          inside.leave()
          return true
        }
      }
    }
    entered.wait()
    let waiters = (0..<5).map { _ in
      Threads.start {
        turnstile.pass {
          inside.enter()
          sched_yield()
          inside.leave()
          return true
        }
      }
    }
    turnstile.awaitQueue(of: 5)
    #expect(turnstile.pass { true } == nil)
    #expect(turnstile.waiting == 5)
    #expect(inside.most == 3)

    released.wait()
    #expect(holders.map { $0.join() } == [true, true, true])
    #expect(waiters.map { $0.join() } == [true, true, true, true, true])
    #expect(inside.most == 3)
    #expect(turnstile.waiting == 0)
    #expect(turnstile.pass { true } == true)
  }

  @Test("those who wait are let in in the order of their coming")
  func order() {
    let turnstile = ConcurrencyLimiter(inside: 1, waitersMax: 10)
    let order = Log()
    let waiters = turnstile.pass {
      (0..<10).map { index in
        let thread = Threads.start { turnstile.pass { order.append(index) } != nil }
        turnstile.awaitQueue(of: index + 1)
        return thread
      }
    }
    #expect(waiters?.map { $0.join() } == Array(repeating: true, count: 10))
    #expect(order.all == Array(0..<10))
  }

  @Test("without places to wait, one inside means the next is turned away")
  func noQueue() {
    let turnstile = ConcurrencyLimiter(inside: 1, waitersMax: 0)
    #expect(turnstile.pass { turnstile.pass { true } == nil } == true)
    #expect(turnstile.pass { true } == true)
  }

  @Test("under a crowd of sixteen threads never more than two are inside, and nobody is forgotten")
  func crowd() {
    let turnstile = ConcurrencyLimiter(inside: 2, waitersMax: 16)
    let inside = Counter()
    let passed = Threads.run(16) { _ in
      (0..<500).count { _ in
        let passed: Void? = turnstile.pass {
          inside.enter()
          sched_yield()
          inside.leave()
        }
        return passed != nil
      }
    }
    #expect(passed == Array(repeating: 500, count: 16))
    #expect(inside.most <= 2)
    #expect(turnstile.waiting == 0)
  }
}

extension ConcurrencyLimiter {
  /// Returns when so many wait. They are threads already started, so this needs no sleep and no deadline of its own.
  func awaitQueue(of count: Int) {
    while waiting < count { sched_yield() }
  }
}

/// How many are inside, and how many ever were at once.
private final class Counter: Sendable {
  private let counts = Mutex((now: 0, most: 0))

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

private final class Log: Sendable {
  private let entries = Mutex<[Int]>([])

  var all: [Int] { entries.withLock { $0 } }

  func append(_ entry: Int) {
    entries.withLock { $0.append(entry) }
  }
}
