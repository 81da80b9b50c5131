// A thread that works and pauses by turns until it is stopped.

/// A named thread whose body loops `while !stop.wait(milliseconds: pause) { … }`: the pause ends at once when the thread is to stop.
package final class BackgroundThread: Sendable {
  /// Tells the body of a `BackgroundThread` that it is to return.
  package final class StopFlag: Sendable {
    private let isSet = Condition(false)

    /// Pauses for at most `milliseconds`; true once the thread is to stop.
    package func wait(milliseconds: Int64) -> Bool {
      isSet.wait(milliseconds: milliseconds) { $0 ? true : nil } ?? false
    }

    fileprivate func set() { isSet.update { $0 = true } }
  }

  private let flag = StopFlag()
  private let thread: Thread

  /// Starts the thread. `body` is called once; it returns when the flag that it is given says so.
  package init(name: String, _ body: @escaping @Sendable (_ stop: StopFlag) -> Void) {
    let flag = flag
    thread = Thread(name: name) { body(flag) }
  }

  /// Ends the pause, and returns when the body has returned. Call once.
  package func stop() {
    flag.set()
    thread.join()
  }
}
