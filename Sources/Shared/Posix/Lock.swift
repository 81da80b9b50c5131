// A value that one thread at a time may access.
import Glibc

/// glibc's plain mutex. The standard library's `Mutex` spins and then hands the lock from thread to thread through the kernel
/// (FUTEX_LOCK_PI): with more threads than cores, one that is preempted while it holds the lock makes all others queue up behind each
/// other from then on.
public final class Lock<State>: @unchecked Sendable {
  // Unchecked: `state` is touched only with `mutex` held. The C object lives in memory of its own, since it must not move.
  @usableFromInline var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  public init(_ state: sending State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  @inlinable
  public func withLock<Result>(_ body: (inout State) throws -> sending Result) rethrows -> sending Result {
    acquire()
    defer { release() }
    return try body(&state)
  }

  // Only generic functions are inlinable: otherwise every caller in another module would ask the runtime for `State` and `Result`.
  @usableFromInline func acquire() { pthread_mutex_lock(mutex) }
  @usableFromInline func release() { pthread_mutex_unlock(mutex) }
}
