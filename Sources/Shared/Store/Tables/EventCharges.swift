// Charges users for the events that they cause.
public import Domain
public import SQL

extension Transaction {
  /// Throws `rate_limited` if the budget of who would cause an event is used up. Changes nothing: a verb calls it before its first change,
  /// so that a refusal has nothing to undo. `Journal.append` decides for good.
  public func checkEventBudget(_ cause: EventCause) throws {
    guard let budget = eventBudget, case .user(let user) = cause, charges.places == 0 else { return }
    if case .refused(let milliseconds) = budget.limit.evaluate(
      try RateLimits.times(of: .event, user, boot: budget.boot, database), now: budget.nowMilliseconds())
    {
      throw Self.exceeded(budget, milliseconds)
    }
  }

  /// Charges one event, or an effect that is told like one.
  ///
  /// The first event of a request takes a place in the user's window; without a free one the request is refused with `rate_limited`.
  /// Further events of the same request are never refused: every `EventBudget.eventsPerCharge` of them take another place, so that a
  /// request that tells many makes the next ones wait.
  public func charge(_ cause: EventCause) throws {
    guard let budget = eventBudget, case .user(let user) = cause else { return }
    charges.events += 1
    guard charges.events > charges.places * EventBudget.eventsPerCharge, charges.places < budget.chargesPerRequestMax else { return }
    let verdict = try RateLimits.tryAcquire(
      .event, of: user, budget.limit, boot: budget.boot, nowMilliseconds: budget.nowMilliseconds(), isForced: charges.places > 0, self)
    if case .refused(let milliseconds) = verdict { throw Self.exceeded(budget, milliseconds) }
    charges.places += 1
  }

  private static func exceeded(_ budget: EventBudget, _ milliseconds: Int64) -> ChatError {
    .exceeded(.event, budget.limit, retryAfterMilliseconds: milliseconds)
  }
}
