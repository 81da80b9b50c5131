// A budget of each user in the memory of one program, for what is cheap to do and expensive to do often.
public import Domain
import Posix

/// Sliding windows by user. Nothing is stored for users who do nothing, and a refusal changes nothing.
public final class UserBudget: Sendable {
  private struct State {
    var windows: [UserRowID: RateWindow] = [:]
    /// When windows that are over are looked for next.
    var sweepAt = Int64.min
  }

  private let name: ExceededLimit.Name
  private let plural: String
  private let limit: RateLimit?
  private let state = Lock(State())

  /// `limit` nil: nobody is refused. `plural` is what is counted, for the error's text.
  init(_ name: ExceededLimit.Name, _ plural: String, _ limit: RateLimit?) {
    self.name = name
    self.plural = plural
    self.limit = limit
  }

  /// Counts one action. Returns nil, or the error that refuses it. `now` is in milliseconds of a clock that never goes back, the same in
  /// every call.
  public func tryAcquire(_ user: UserRowID, now: Int64) -> ChatError? {
    guard let limit else { return nil }
    let milliseconds = state.withLock { state in
      if now >= state.sweepAt { Self.sweep(&state, limit, now) }
      return state.windows[user, default: RateWindow()].tryAcquire(limit, now: now)
    }
    return milliseconds.map { .exceeded(name, limit, plural, retryAfterMilliseconds: $0) }
  }

  /// Forgets users who have done nothing for as long as the window is. Called now and then, it leaves nothing stored for idle users.
  public func sweep(now: Int64) {
    guard let limit else { return }
    state.withLock { state in
      if now >= state.sweepAt { Self.sweep(&state, limit, now) }
    }
  }

  /// Users with a window in memory.
  public var count: Int { state.withLock { $0.windows.count } }

  private static func sweep(_ state: inout State, _ limit: RateLimit, _ now: Int64) {
    state.sweepAt = now + limit.windowMilliseconds
    guard !state.windows.isEmpty else { return }
    // Rebuilt, because removing leaves a dictionary as large as it was.
    state.windows = state.windows.filter { !$0.value.isOver(limit, now: now) }
  }
}

extension Chat {
  /// Counts a changing request of a user over REST. Throws `rate_limited`.
  public func chargeCommand(of user: UserRowID) throws(ChatError) {
    if let error = commands.tryAcquire(user, now: clock.bootMilliseconds) { throw error }
  }
}
