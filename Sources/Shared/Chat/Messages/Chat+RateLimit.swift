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
      let actions =
        switch action {
        case .message: "messages"
        case .change: "edits and reactions"
        }
      throw ChatError(
        .rateLimited, "At most \(limit.count) \(actions) in \(limit.windowMilliseconds / 1000) seconds.",
        retryAfterMilliseconds: milliseconds)
    }
  }
}
