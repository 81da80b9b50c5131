// Reading connections, shared by threads that need one for a moment.
public import Posix

/// The connection that was used last is handed out first: its page cache is the warmest, and few connections serve many threads. One that
/// has failed since its file is damaged or another one is not handed out again; after other errors it is: there may be no descriptor for the
/// next one.
public final class ReaderPool: Sendable {
  @usableFromInline let path: String
  @usableFromInline let policy: StoreFailurePolicy?
  @usableFromInline let idle = Lock<[Database]>([])

  public init(path: String, policy: StoreFailurePolicy? = nil) {
    self.path = path
    self.policy = policy
  }

  /// Opens connections, for threads that must be able to read when no file can be opened any more. Throws `StoreError`.
  public func open(_ count: Int) throws {
    let databases = try (0..<count).map { _ in try Database(path: path, access: .reader, policy: policy) }
    idle.withLock { $0 += databases }
  }

  /// Lends a connection to `body`. Throws `StoreError` and whatever `body` throws.
  @inlinable
  public func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    let database = try idle.withLock { $0.popLast() } ?? Database(path: path, access: .reader, policy: policy)
    defer { takeBack(database) }
    return try body(database)
  }

  @usableFromInline
  func takeBack(_ database: Database) {
    if let failure = database.failure {
      guard !failure.isCorruption, !failure.isSchemaMismatch else { return }
      database.forgetFailure()
    }
    idle.withLock { $0.append(database) }
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
