// Shared state that threads wait on.
import Glibc

/// A value behind a mutex with a condition variable: threads change it under the lock and wait until it has a wanted value.
public final class Condition<State>: @unchecked Sendable {
  // Unchecked: `state` is touched only with `mutex` held. The C objects live in memory of their own, since they must not move.
  @usableFromInline var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  public init(_ state: sending State) {
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

  /// Reads or changes the state and wakes all waiting threads.
  @inlinable
  public func update<Result>(_ body: (inout State) throws -> sending Result) rethrows -> sending Result {
    acquire()
    defer {
      wakeAll()
      release()
    }
    return try body(&state)
  }

  /// Waits until `take` returns a value other than nil, for at most `milliseconds` (without end if nil). `take` runs under the lock.
  @inlinable
  public func wait<Result>(milliseconds: Int64? = nil, _ take: (inout State) -> sending Result?) -> sending Result? {
    let deadline = milliseconds.map { Clock.monotonicNanoseconds() + $0 * 1_000_000 }
    acquire()
    defer { release() }
    while true {
      if let result = take(&state) { return result }
      if !waitForChange(until: deadline) { return take(&state) }
    }
  }

  // Only generic functions are inlinable, as in `Lock`.
  @usableFromInline func acquire() { pthread_mutex_lock(mutex) }
  @usableFromInline func release() { pthread_mutex_unlock(mutex) }
  @usableFromInline func wakeAll() { pthread_cond_broadcast(changed) }

  /// False once the deadline (the monotonic clock's nanoseconds) has passed.
  @usableFromInline func waitForChange(until deadline: Int64?) -> Bool {
    guard let deadline else {
      pthread_cond_wait(changed, mutex)
      return true
    }
    var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    return pthread_cond_timedwait(changed, mutex, &time) != ETIMEDOUT
  }
}
