// Rate limits for messages, and for edits and reactions.
import Configuration
import Domain
import Posix
import SQL
import Store

extension Chat {
  /// Counts one action; throws `rate_limited` with the time to retry.
  func enforceRateLimit(_ action: RateLimitedAction, of user: UserRowID, _ transaction: Transaction) throws {
    guard let limit = settings.messageRate else { return }
    let verdict = try RateLimits.tryAcquire(action, of: user, limit, boot: boot, nowMilliseconds: clock.bootMilliseconds, transaction)
    if case .refused(let milliseconds) = verdict {
      throw ChatError.exceeded(action, limit, retryAfterMilliseconds: milliseconds)
    }
  }
}
