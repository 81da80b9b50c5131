// A yes or no that takes time to find out, kept for a moment.

/// One caller at a time finds out; all others get the latest answer at once, so that a question without an answer occupies one thread.
public final class CachedAnswer: Sendable {
  private struct State {
    /// No until it is known.
    var answer = false
    var answeredAt: Int64?
    var askedAt: Int64?
  }

  private let keepMilliseconds: Int64
  private let clock: @Sendable () -> Int64
  private let ask: @Sendable () -> Bool
  private let state = Lock(State())

  /// `ask` may block. An answer counts for `keepMilliseconds`; while `ask` has been blocking for longer than that, the answer is no.
  /// `clock` counts milliseconds from any start.
  public init(
    keepMilliseconds: Int64 = 250, clock: @escaping @Sendable () -> Int64 = { Clock.monotonicNanoseconds() / 1_000_000 },
    ask: @escaping @Sendable () -> Bool
  ) {
    self.keepMilliseconds = keepMilliseconds
    self.clock = clock
    self.ask = ask
  }

  /// The answer. Blocks for at most one caller at a time, as long as `ask` does.
  public func current() -> Bool {
    let now = clock()
    let known: Bool? = state.withLock { state in
      if let askedAt = state.askedAt { return state.answer && now - askedAt <= keepMilliseconds }
      if let answeredAt = state.answeredAt, now - answeredAt < keepMilliseconds { return state.answer }
      state.askedAt = now
      return nil
    }
    if let known { return known }
    let answer = ask()
    let answeredAt = clock()
    state.withLock { $0 = State(answer: answer, answeredAt: answeredAt) }
    return answer
  }
}
