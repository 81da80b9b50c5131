// Counts each user's connections over all loops.
import Domain
import Posix

final class ConnectionLimiter: Sendable {
  private let counts = Lock<[UserRowID: UInt16]>([:])

  /// Counts one more connection; false if that exceeds `limit` (nil: no limit but 65,535).
  func acquire(_ user: UserRowID, limit: Int?) -> Bool {
    counts.withLock { counts in
      let count = counts[user, default: 0]
      if count >= limit ?? Int(UInt16.max) || count == .max { return false }
      counts[user] = count + 1
      return true
    }
  }

  func release(_ user: UserRowID) {
    counts.withLock { counts in
      guard let count = counts[user] else { return }
      counts[user] = count > 1 ? count - 1 : nil
    }
  }
}
