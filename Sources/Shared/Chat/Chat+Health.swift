// Whether the program can serve: the state of its store, looked at four times a second.
import Configuration
import Posix
import SQL
import Store

extension Chat {
  /// Starts a thread that watches the store until `stopHealthChecks`, and opens `readers` connections, which can read when no file can be
  /// opened any more: one for each thread that must not fail then. Throws `StoreError`.
  public func startHealthChecks(readers count: Int) throws {
    try readers.open(count)
    let database = try Database(path: settings.databasePath, access: .reader, policy: policy)
    let started = StoreHealth(database, policy, writer)
    health.withLock { $0 = started }
  }

  public func stopHealthChecks() {
    health.withLock { $0 }?.stop()
  }

  /// Whether a write can go through and the database has this program's schema: the answer of the latest look, a quarter of a second ago;
  /// and whether its file is still the one that was opened. False before `startHealthChecks`. Costs next to nothing, however often it is
  /// asked.
  public var isReady: Bool { directory.isCurrent && health.withLock { $0 }?.isHealthy ?? false }

  /// The state of a program for the operator, as `systemctl status` shows it.
  public var serviceStatus: String { isReady ? "serving" : "not ready: nothing can be stored at the moment" }
}

/// Looks at the store on a thread of its own. While commits succeed, a look writes nothing: it asks for room and permission, and the writer
/// knows how its latest commit went. Once a commit has failed, each look commits something small, until one succeeds.
final class StoreHealth: Sendable {
  static let tickMilliseconds: Int64 = 250

  private let answer: Lock<Bool>
  private let thread: BackgroundThread

  /// Looks once before it returns.
  init(_ database: Database, _ policy: StoreFailurePolicy, _ writer: GroupCommit) {
    let answer = Lock(Self.look(database, policy, writer))
    self.answer = answer
    thread = BackgroundThread(name: "health") { stop in
      var wasWritable = true
      while !stop.wait(milliseconds: Self.tickMilliseconds) {
        policy.stopIfMarked()
        let isHealthy = Self.look(database, policy, writer)
        answer.withLock { $0 = isHealthy }
        let mayWrite = policy.mayWrite
        if wasWritable, !mayWrite { Log.warning("not ready: the file system is full, or the database is not to be written to") }
        wasWritable = mayWrite
      }
    }
  }

  var isHealthy: Bool { answer.withLock { $0 } }

  func stop() {
    thread.stop()
  }

  static func look(_ database: Database, _ policy: StoreFailurePolicy, _ writer: GroupCommit) -> Bool {
    do {
      guard policy.mayWrite, !policy.isStuck, try Migrator.schema(of: database) == Int64(Migrator.version) else { return false }
      if policy.needsProbe { try writer.perform { try Meta.rewrite($0) } }
      return true
    } catch {
      return false
    }
  }
}
