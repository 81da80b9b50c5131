// Reading connections, shared by threads that need one for a moment.
public import Posix

/// The connection that was used last is handed out first: its page cache is the warmest, and few connections serve many threads. One that
/// has failed is not handed out again.
public final class ReaderPool: Sendable {
  @usableFromInline let path: String
  @usableFromInline let idle = Lock<[Database]>([])

  public init(path: String) {
    self.path = path
  }

  /// Lends a connection to `body`. Throws `StoreError` and whatever `body` throws.
  @inlinable
  public func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    let database = try idle.withLock { $0.popLast() } ?? Database(path: path, access: .reader)
    defer { if database.failure == nil { idle.withLock { $0.append(database) } } }
    return try body(database)
  }

  /// Closes the idle connections: the file may be another one now.
  public func empty() { idle.withLock { $0 = [] } }

  /// Has the idle connections free their page caches, up to half a megabyte each.
  public func releaseMemory() {
    idle.withLock { databases in
      for database in databases { try? database.releaseMemory() }
    }
  }
}
