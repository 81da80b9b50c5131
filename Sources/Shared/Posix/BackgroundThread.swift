// A thread that works and pauses by turns until it is stopped.

/// A named thread whose body loops `while !stop.wait(milliseconds: pause) { … }`: the pause ends at once when the thread is to stop.
public final class BackgroundThread: Sendable {
  /// Tells the body of a `BackgroundThread` that it is to return.
  public final class StopFlag: Sendable {
    private let isSet = Condition(false)

    /// Pauses for at most `milliseconds`; true once the thread is to stop.
    public func wait(milliseconds: Int64) -> Bool {
      isSet.wait(milliseconds: milliseconds) { $0 ? true : nil } ?? false
    }

    fileprivate func set() { isSet.update { $0 = true } }
  }

  private let flag = StopFlag()
  private let thread: Thread

  /// Starts the thread. `body` is called once; it returns when the flag that it is given says so.
  public init(name: String, _ body: @escaping @Sendable (_ stop: StopFlag) -> Void) {
    let flag = flag
    thread = Thread(name: name) { body(flag) }
  }

  /// Ends the pause, and returns when the body has returned. Call once.
  public func stop() {
    flag.set()
    thread.join()
  }
}
