// Counts the connections of each user, and of each client address, over all loops.
import Posix

final class ConnectionLimiter<Key: Hashable & Sendable>: Sendable {
  private let counts = Lock<[Key: UInt16]>([:])

  /// Counts one more connection; false if that exceeds `limit` (nil: no limit but 65,535).
  func acquire(_ key: Key, limit: Int?) -> Bool {
    counts.withLock { counts in
      let count = counts[key, default: 0]
      if count >= limit ?? Int(UInt16.max) || count == .max { return false }
      counts[key] = count + 1
      return true
    }
  }

  func release(_ key: Key) {
    counts.withLock { counts in
      guard let count = counts[key] else { return }
      counts[key] = count > 1 ? count - 1 : nil
    }
  }
}
