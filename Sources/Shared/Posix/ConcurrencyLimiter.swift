// A semaphore that bounds both who may work and who may wait.

/// A first-in, first-out counting semaphore with a bounded wait queue. Each caller takes the next ticket, and each permit that is returned
/// admits one more ticket: nobody overtakes those who wait.
public final class ConcurrencyLimiter: Sendable {
  private struct State {
    var nextTicket = 0
    /// The first ticket that is not admitted yet.
    var firstWaiting: Int
  }

  /// How many callers may wait.
  public let waitersMax: Int
  private let state: Condition<State>

  /// `permits`: how many callers may run at once, 1 or more. `waitersMax`: 0 or more.
  public init(permits: Int, waitersMax: Int) {
    precondition(permits >= 1 && waitersMax >= 0, "a limiter has at least one permit")
    self.waitersMax = waitersMax
    state = Condition(State(firstWaiting: permits))
  }

  /// How many callers wait at this moment.
  public var waiting: Int {
    state.update { max(0, $0.nextTicket - $0.firstWaiting) }
  }

  /// Waits for a permit, runs `body` and returns the permit. Nil at once, without running `body`, if the queue is full.
  public func withPermit<Result>(_ body: () throws -> Result) rethrows -> Result? {
    guard acquire() else { return nil }
    defer { state.update { $0.firstWaiting += 1 } }
    return try body()
  }

  private func acquire() -> Bool {
    let ticket: Int? = state.update { state in
      guard state.nextTicket - state.firstWaiting < waitersMax else { return nil }
      defer { state.nextTicket += 1 }
      return state.nextTicket
    }
    guard let ticket else { return false }
    _ = state.wait { ticket < $0.firstWaiting ? true : nil }
    return true
  }
}
