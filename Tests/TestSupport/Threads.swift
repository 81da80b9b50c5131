// Real threads for tests of blocking code: a blocking task would starve the test runner.
import Posix

public enum Threads {
  /// Runs `body` on `count` threads that begin together, and returns what each returned.
  public static func run<Result: Sendable>(_ count: Int, _ body: @escaping @Sendable (_ thread: Int) -> Result) -> [Result] {
    let waiting = Condition(count)
    let results = Condition([Result?](repeating: nil, count: count))
    let threads = (0..<count).map { index in
      Thread(name: "test-\(index)") {
        waiting.update { $0 -= 1 }
        // Bounded, so that a broken Condition fails its own tests and does not hang the others.
        _ = waiting.wait(milliseconds: 5000) { $0 == 0 ? true : nil }
        let result = body(index)
        results.update { $0[index] = result }
      }
    }
    for thread in threads { thread.join() }
    return results.update { $0.compactMap { $0 } }
  }
}
