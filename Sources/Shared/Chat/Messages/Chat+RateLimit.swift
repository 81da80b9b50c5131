// Rate limits that are counted in the database: messages, edits and reactions, new rooms, people added.
import Configuration
import Domain
import Posix
import SQL
import Store

extension Chat {
  /// Counts actions, all or none; throws `rate_limited` with the time to retry.
  func enforceRateLimit(_ action: RateLimitedAction, count: Int = 1, of user: UserRowID, _ transaction: Transaction) throws {
    let limit =
      switch action {
      case .message, .change: settings.messageRate
      case .event: settings.eventRate
      case .roomCreation: settings.roomLimits.creation
      case .adding: settings.roomLimits.adding
      }
    guard let limit else { return }
    let verdict = try RateLimits.tryAcquire(
      action, count: count, of: user, limit, boot: boot, nowMilliseconds: clock.bootMilliseconds, transaction)
    if case .refused(let milliseconds) = verdict {
      throw ChatError.exceeded(action, limit, retryAfterMilliseconds: milliseconds)
    }
  }
}
