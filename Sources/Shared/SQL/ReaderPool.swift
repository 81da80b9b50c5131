// Reading connections, shared by threads that need one for a moment.
import Glibc
public import Posix

/// The connection that was used last is handed out first: its page cache is the warmest, and few connections serve many threads. One that
/// has failed since its file is damaged or another one is not handed out again; after other errors it is: there may be no descriptor for
/// the next one.
public final class ReaderPool: Sendable {
  @usableFromInline
  struct State: Sendable {
    @usableFromInline var idle: [Database] = []
    /// Connections that threads read with at the moment.
    @usableFromInline var lent = 0
    @usableFromInline var isClosed = false
  }

  @usableFromInline let path: String
  @usableFromInline let policy: StoreFailurePolicy?
  @usableFromInline let state = Lock(State())

  public init(path: String, policy: StoreFailurePolicy? = nil) {
    self.path = path
    self.policy = policy
  }

  /// Opens connections, for threads that must be able to read when no file can be opened any more. Throws `StoreError`.
  public func open(_ count: Int) throws {
    let databases = try (0..<count).map { _ in try Database(path: path, access: .reader, policy: policy) }
    state.withLock { $0.idle += databases }
  }

  /// Lends a connection to `body`. Throws `StoreError`, `GroupCommit.Stopped` once the pool is closed, and whatever `body` throws.
  @inlinable
  public func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    let idle = try lend()
    var database: Database?
    defer { takeBack(database) }
    let lent = try idle ?? Database(path: path, access: .reader, policy: policy)
    database = lent
    return try body(lent)
  }

  /// An idle connection; nil if there is none and the caller is to open one. Either way `takeBack` ends it.
  @usableFromInline
  func lend() throws -> Database? {
    try state.withLock { state in
      if state.isClosed { throw GroupCommit.Stopped() }
      state.lent += 1
      return state.idle.popLast()
    }
  }

  @usableFromInline
  func takeBack(_ database: Database?) {
    state.withLock { state in
      state.lent -= 1
      guard let database else { return }
      let isUsable = database.failure.map { !$0.isCorruption && !$0.isSchemaMismatch } ?? true
      guard isUsable, !state.isClosed else { return database.close() }
      database.forgetFailure()
      state.idle.append(database)
    }
  }

  /// Closes the idle connections: the file may be another one now.
  public func empty() { state.withLock { $0.idle = [] } }

  /// Closes all connections and lends no more. Waits for those that are lent, for at most `milliseconds`; false if some are left.
  public func close(milliseconds: Int64) -> Bool {
    state.withLock { state in
      state.isClosed = true
      for database in state.idle { database.close() }
      state.idle = []
    }
    let deadline = Clock.monotonicNanoseconds() + milliseconds * 1_000_000
    while state.withLock({ $0.lent }) > 0 {
      if Clock.monotonicNanoseconds() > deadline { return false }
      usleep(1000)
    }
    return true
  }

  /// Has the idle connections free their page caches, up to half a megabyte each.
  public func releaseMemory() {
    state.withLock { state in
      for database in state.idle { try? database.releaseMemory() }
    }
  }
}
