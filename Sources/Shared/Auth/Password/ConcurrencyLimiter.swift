// A door that lets a few threads through at a time, in the order of their coming, and keeps the queue before it short.

internal import Glibc

/// A counting semaphore with a bounded queue.
///
/// Works like the numbers at a bakery: who comes takes the next ticket and waits until it is called; who leaves calls one more. Nobody
/// can slip in ahead of those who wait.
final class ConcurrencyLimiter: @unchecked Sendable {
  let waitersMax: Int

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let called = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var nextTicket = 0
  private var firstUncalled: Int

  /// `inside`: how many may be within at once, 1 or more. `waitersMax`: how many may wait, 0 or more.
  init(inside: Int, waitersMax: Int) {
    precondition(inside >= 1 && waitersMax >= 0, "a turnstile lets at least one through")
    self.waitersMax = waitersMax
    firstUncalled = inside
    precondition(pthread_mutex_init(mutex, nil) == 0 && pthread_cond_init(called, nil) == 0, "no mutex to be had")
  }

  deinit {
    pthread_cond_destroy(called)
    pthread_mutex_destroy(mutex)
    called.deallocate()
    mutex.deallocate()
  }

  /// How many wait at this moment.
  var waiting: Int {
    locked { max(0, nextTicket - firstUncalled) }
  }

  /// Runs `body` when its turn has come; returns nil at once, without running it, if the queue is full.
  func pass<Result>(_ body: () -> Result) -> Result? {
    guard enter() else { return nil }
    defer { leave() }
    return body()
  }

  private func enter() -> Bool {
    locked {
      guard nextTicket - firstUncalled < waitersMax else { return false }
      let ticket = nextTicket
      nextTicket += 1
      while ticket >= firstUncalled { pthread_cond_wait(called, mutex) }
      return true
    }
  }

  private func leave() {
    locked {
      firstUncalled += 1
      // All wake to look at their tickets: there are at most `waitersMax`, and a hash takes a thousand times longer than that.
      pthread_cond_broadcast(called)
    }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
