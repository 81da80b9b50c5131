// The verbs of the chat, for all programs: what may be done, by whom, and what everyone is told of it.
package import Auth
package import Domain
import Notify
package import Posix
package import SQL
import Store
package import Wire

/// Holds what the verbs need. Reading verbs answer at once. A changing verb checks what it is given and answers a `Change`, which
/// is then committed (REST, which may wait) or submitted (the daemon, which may not).
package final class Chat: Sendable {
  /// What happens inside the transaction; the journal's events are appended there too.
  package typealias Change<Result> = @Sendable (Transaction) throws -> Result

  package let settings: Settings
  package let tokens: AccessTokenIssuer
  package let epoch: String
  let readers: ReaderPool
  let indexReaders: ReaderPool
  @usableFromInline let writer: GroupCommit
  let markerBatcher: MarkerBatcher
  let checkpointer = Lock<Checkpointer?>(nil)
  let hasher: PasswordHasher
  let boot: String

  /// Opens (and, if need be, migrates) the database and the keys. Throws what the operator must mend. What happens after each commit is to
  /// ring at the daemon's door, unless the program knows better.
  package init(settings: Settings, onCommit: GroupCommit.CommitHook? = nil) throws {
    try settings.makeDirectories()
    try Migrator.migrate(path: settings.databasePath, epoch: Random.id())
    self.settings = settings
    let site = settings.publicURL.isEmpty ? "echochat" : settings.publicURL
    tokens = try AccessTokenIssuer(
      ring: try KeyRing.load(from: settings.keysPath), issuer: site, audience: site, lifetimeSeconds: settings.accessTokenSeconds)
    hasher = try PasswordHasher(cost: settings.passwordCost == .minimum ? .minimum : .interactive)
    readers = ReaderPool(path: settings.databasePath)
    indexReaders = ReaderPool(path: settings.searchIndexPath)
    epoch = try readers.read(Meta.epoch)
    boot = try Clock.bootID()
    #if DEBUG
      let acknowledgesBeforeCommit = settings.fault == "acknowledge-before-commit"
    #else
      let acknowledgesBeforeCommit = false
    #endif
    writer = try GroupCommit(
      path: settings.databasePath, acknowledgesBeforeCommit: acknowledgesBeforeCommit,
      onCommit: try onCommit ?? Self.ringing(at: settings.doorbellPath))
    markerBatcher = MarkerBatcher { [writer] wishes in try writer.perform { try Self.move(wishes, $0) } }
    Log.info("SQLite \(Database.libraryVersion), schema \(Migrator.version), \(settings.databasePath)")
  }

  private static func ringing(at doorbellPath: String) throws -> GroupCommit.CommitHook {
    let bell = try DoorbellSender(path: doorbellPath)
    return { news in if !news.isEmpty { bell.ring() } }
  }

  /// Carries a change out and returns once it is on disk. Blocks. Throws `ChatError`, or what `ChatError(mapping:)` understands.
  @inlinable
  package func commit<Result: Sendable>(_ change: @escaping Change<Result>) throws -> Result {
    try writer.perform(change)
  }

  /// Changes that are committed together, at most so many at a time.
  package static let changesMax = GroupCommit.groupMax

  /// Carries changes out; `completion` is called on the writer's thread once they are on disk, or have been refused, each by itself.
  @inlinable
  package func submit<Result: Sendable>(
    _ changes: [Change<Result>], completion: @escaping @Sendable ([Swift.Result<Result, any Error>]) -> Void
  ) {
    writer.submit(changes, completion: completion)
  }

  /// Commits what is queued, refuses what comes after and stops checkpointing.
  package func stop() {
    markerBatcher.stop()
    writer.stop()
    checkpointer.withLock { $0 }?.stop()
  }

  /// Lets go of the pages that are kept in memory: the kernel has them as well. For a program that will be at rest for a while. Blocks.
  package func releaseMemory() {
    readers.releaseMemory()
    indexReaders.releaseMemory()
    try? commit { try $0.database.releaseMemory() }
  }

  /// Bytes of one command frame or one request body.
  package static let requestBytesMax = 64 << 10

  /// What clients are told of the bounds.
  package var limits: Limits {
    Limits(
      messageRate: settings.messageRate, connectionsPerUser: settings.connectionsPerUser, outboxBytes: settings.sendBufferBytesMax,
      frameBytes: Self.requestBytesMax)
  }

  /// Whether the database can be read and has the schema that this program knows.
  package func isReady() -> Bool {
    (try? readers.read { try Migrator.schema(of: $0) == Int64(Migrator.version) }) ?? false
  }
}

extension Timestamp {
  static var now: Timestamp { Timestamp(milliseconds: Clock.wallMilliseconds()) }
}

/// The signed-in user who asks, and their session.
package struct Principal: Sendable {
  package let session: SessionRowID
  package let sessionID: PublicID
  package let user: User

  init(_ holder: AuthenticatedSession) {
    session = holder.session
    sessionID = holder.sessionID
    user = holder.user
  }
}
