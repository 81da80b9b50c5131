// Maps any error to the ChatError that the user gets.
import Auth
public import Domain
import Posix
import SQL
import Store

extension ChatError {
  /// A ChatError stays itself, an overload becomes `busy`, everything else `unavailable`. Logs the last kind for the operator, prefixed
  /// with `context`, the operation that failed; commits that fail are logged once, by `StoreFailurePolicy`.
  public init(mapping error: any Error, context: String? = nil) {
    switch error {
    case let error as ChatError:
      self = error
    case is GroupCommit.Overload, PasswordError.busy:
      self.init(.busy, "Too much is waiting to be done. Try again shortly.", retryAfterMilliseconds: 1000)
    case PasswordError.shareExceeded:
      self.init(
        .rateLimited, "Too many passwords of this account or from this address are being checked.", retryAfterMilliseconds: 1000,
        limit: ExceededLimit(.passwordChecks, count: PasswordHasher.shareMax))
    case let error as StoreError where error.isBusy:
      self.init(.busy, "The database is busy. Try again shortly.", retryAfterMilliseconds: 1000)
    case let error as StoreError where error.isTemporary:
      Log.debug(context.map { "\($0): \(error)" } ?? "\(error)")
      self.init(.unavailable, "Nothing can be stored at the moment. Try again shortly.", retryAfterMilliseconds: 1000)
    case is GroupCommit.Stopped:
      self.init(.unavailable, "The service is restarting. Try again shortly.", retryAfterMilliseconds: 1000)
    default:
      Log.error(context.map { "\($0): \(error)" } ?? "\(error)")
      self.init(.unavailable, "The service cannot do this at the moment.", retryAfterMilliseconds: 5000)
    }
  }
}
