// Real threads for the tests: what is tested here blocks, and a task that blocks would starve the test runner.

import Glibc
import Synchronization

enum Threads {
  /// Runs `body` on `count` threads that begin together, and returns what each returned.
  static func run<Result: Sendable>(_ count: Int, _ body: @escaping @Sendable (_ thread: Int) -> Result) -> [Result] {
    let gate = Barrier(count)
    let started = (0..<count).map { index in
      start {
        gate.wait()
        return body(index)
      }
    }
    return started.map { $0.join() }
  }

  static func start<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> RunningThread<Result> {
    RunningThread(body)
  }
}

/// One thread, to be joined once.
final class RunningThread<Result: Sendable>: Sendable {
  private let result: Outcome<Result>
  private let thread: pthread_t

  init(_ body: @escaping @Sendable () -> Result) {
    let outcome = Outcome<Result>()
    result = outcome
    thread = startThread(Work { outcome.set(body()) })
  }

  func join() -> Result {
    pthread_join(thread, nil)
    guard let value = result.get() else { fatalError("the thread left nothing") }
    return value
  }
}

private final class Outcome<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)

  func set(_ new: Value) { value.withLock { $0 = new } }
  func get() -> Value? { value.withLock { $0 } }
}

private final class Work: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func startThread(_ work: Work) -> pthread_t {
  var thread = pthread_t()
  let code = pthread_create(
    &thread, nil,
    { raw in
      if let raw { Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body() }
      return nil
    }, Unmanaged.passRetained(work).toOpaque())
  precondition(code == 0, "no thread to be had")
  return thread
}

/// Holds everyone until all have come.
final class Barrier: @unchecked Sendable {
  private let barrier = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)

  init(_ count: Int) {
    pthread_barrier_init(barrier, nil, UInt32(count))
  }

  deinit {
    pthread_barrier_destroy(barrier)
    barrier.deallocate()
  }

  func wait() {
    pthread_barrier_wait(barrier)
  }
}
