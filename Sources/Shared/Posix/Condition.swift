// State that threads share and wait on.
import Glibc

/// A value behind a mutex with a condition variable: change it under the lock, wait until it is as wished.
package final class Condition<State>: @unchecked Sendable {
  // Unchecked: `state` is touched only with `mutex` held. The C objects live in memory of their own, since they must not move.
  private var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init(_ state: sending State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Reads or changes the state and wakes all who wait.
  package func update<Result>(_ body: (inout State) throws -> sending Result) rethrows -> sending Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
    return try body(&state)
  }

  /// Waits until `take` answers something other than nil, at most `milliseconds` (for ever, if nil); `take` runs under the lock.
  package func wait<Result>(milliseconds: Int64? = nil, _ take: (inout State) -> sending Result?) -> sending Result? {
    var deadline = timespec()
    if let milliseconds {
      let end = Clock.monotonicNanoseconds() + milliseconds * 1_000_000
      deadline = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = take(&state) { return result }
      if milliseconds == nil {
        pthread_cond_wait(changed, mutex)
      } else if pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT {
        return take(&state)
      }
    }
  }
}
