// The verbs of the chat, for all programs: what may be done, by whom, and what everyone is told of it.
package import Auth
package import Domain
import Notify
package import Posix
package import Store
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
  let markDesk: MarkDesk
  let hasher: PasswordHasher
  let boot: String

  /// Opens (and, if need be, migrates) the database and the keys. Throws what the operator must mend. What happens after each commit is to
  /// ring at the daemon's door, unless the program knows better.
  package init(settings: Settings, afterwards: GroupCommit.Afterwards? = nil) throws {
    try settings.makeDirectories()
    try Migrator.migrate(path: settings.databasePath, epoch: Random.id())
    self.settings = settings
    let site = settings.publicURL.isEmpty ? "echochat" : settings.publicURL
    tokens = try AccessTokenIssuer(
      ring: try TokenRing.load(from: settings.keysPath), issuer: site, audience: site, lifetimeSeconds: settings.accessTokenSeconds)
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
      afterwards: try afterwards ?? Self.ringing(at: settings.doorbellPath))
    markDesk = MarkDesk { [writer] wishes in try writer.perform { try Self.move(wishes, $0) } }
    Log.info("SQLite \(Database.libraryVersion), schema \(Migrator.version), \(settings.databasePath)")
  }

  private static func ringing(at doorbellPath: String) throws -> GroupCommit.Afterwards {
    let bell = try Bell(path: doorbellPath)
    return { news in if !news.isEmpty { bell.ring() } }
  }

  /// Carries a change out and returns once it is on disk. Blocks. Throws `Refusal`, or what `refusal(for:)` understands.
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

  /// Commits what is queued and refuses what comes after.
  package func stop() {
    markDesk.stop()
    writer.stop()
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
      messageRate: settings.messageRate, connectionsPerUser: settings.connectionsPerUser, outboxBytes: settings.outboxBytesMax,
      frameBytes: Self.requestBytesMax)
  }

  /// Whether the database can be read and has the schema that this program knows.
  package func isReady() -> Bool {
    (try? readers.read { try Migrator.schema(of: $0) == Int64(Migrator.version) }) ?? false
  }

  /// What to tell the user of an error: a rule's own words, or that it is not her fault. The operator finds the rest in the log,
  /// behind `context`: what was being done.
  package static func refusal(for error: any Error, context: String? = nil) -> Refusal {
    switch error {
    case let refusal as Refusal:
      return refusal
    case is GroupCommit.Overload, PasswordError.busy:
      return Refusal(.busy, "Too much is waiting to be done. Try again shortly.", retryAfterMilliseconds: 1000)
    case let error as StoreError where error.isBusy:
      return Refusal(.busy, "The database is busy. Try again shortly.", retryAfterMilliseconds: 1000)
    case is GroupCommit.Stopped:
      return Refusal(.unavailable, "The service is restarting. Try again shortly.", retryAfterMilliseconds: 1000)
    default:
      Log.error(context.map { "\($0): \(error)" } ?? "\(error)")
      return Refusal(.unavailable, "The service cannot do this at the moment.", retryAfterMilliseconds: 5000)
    }
  }
}

extension Timestamp {
  static var now: Timestamp { Timestamp(milliseconds: Clock.wallMilliseconds()) }
}

/// Who asks: a signed-in user on one of her devices.
package struct Actor: Sendable {
  package let session: SessionNumber
  package let sessionID: PublicID
  package let user: User

  init(_ holder: Sessions.Holder) {
    session = holder.session
    sessionID = holder.sessionID
    user = holder.user
  }
}
