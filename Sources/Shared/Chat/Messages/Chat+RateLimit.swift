// How much one person may do in a short time.
import Domain
import Posix
import SQL
import Store

extension Chat {
  /// Counts one more deed, or refuses it and says when it may be tried again.
  func enforceRateLimit(_ deed: RateLimitedAction, of user: UserRowID, _ transaction: Transaction) throws {
    guard let limit = settings.messageRate else { return }
    let verdict = try RateLimitStore.admit(deed, of: user, limit, boot: boot, nowMilliseconds: Clock.bootMilliseconds(), transaction)
    if case .refused(let milliseconds) = verdict {
      let deeds =
        switch deed {
        case .message: "messages"
        case .change: "edits and reactions"
        }
      throw ChatError(
        .rateLimited, "At most \(limit.count) \(deeds) in \(limit.windowMilliseconds / 1000) seconds.",
        retryAfterMilliseconds: milliseconds)
    }
  }
}
