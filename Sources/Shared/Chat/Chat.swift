// The chat's operations for all programs: permissions, changes and the events that describe them.
public import Auth
public import Configuration
public import Domain
import Notify
public import Posix
public import SQL
import Store
public import Wire

/// Reads return at once. A change is checked first and returned as a `Change`, which the caller commits (REST, which may block) or
/// submits (the daemon's loops, which may not).
public final class Chat: Sendable {
  /// The body of a transaction. It also appends the events that describe the change to the journal.
  public typealias Change<Result> = @Sendable (Transaction) throws -> Result

  /// Called on the writer's thread after each commit with the events that it appended to the journal, in order. Must not block.
  public typealias CommitHook = @Sendable ([JournalEntry]) -> Void

  public let settings: Settings
  public let tokens: AccessTokenIssuer
  /// The host application's; nil if there is none. Commands verify no tokens.
  let hostTokens: HostTokens?
  let policy: StoreFailurePolicy
  public let directory: DataDirectoryAccess
  let readers: ReaderPool
  let indexReaders: ReaderPool
  @usableFromInline let writer: GroupCommit
  let markerBatcher: MarkerBatcher
  let tails = MessageTails()
  let checkpointer = Lock<Checkpointer?>(nil)
  let health = Lock<StoreHealth?>(nil)
  let hasher: PasswordHasher
  /// Commands of any kind over WebSocket, and changing requests over REST, as far as this program gets them.
  public let commands: UserBudget
  /// Passwords that a signed-in user has asked to be checked.
  let passwordChecks: UserBudget
  /// Who tries passwords.
  let signIns = Lock(SignInThrottle())
  /// Devices that were seen over WebSocket.
  let sightings = Sightings()
  let files: FileStore
  let uploadCheck: UploadCheck
  let pictureMaker = PictureMaker()
  /// When the directory of files is to be looked through next, on the boot clock.
  let orphanSweepAt = Lock<Int64>(0)
  /// The last picture of which a thumbnail was made, or tried, later than the upload.
  let lastThumbnailRow = Lock<Int64>(0)
  let clock: any TimeSource
  /// With which times on the boot clock can be compared.
  var boot: String { directory.boot }
  private let onReplaced: @Sendable (String) -> Void

  /// The name of this history.
  public var epoch: String { directory.epoch }
  /// The tags of its cursors.
  public var history: History { directory.history }

  /// Opens the database, migrating it if necessary, and the keys. Throws errors for the operator. `onCommit` runs on the writer's thread
  /// after each commit; nil rings the daemon's doorbell. `policy` and `onReplaced` are for tests: otherwise the program ends when the
  /// database is damaged, or is not the one that was opened any more.
  public init(
    settings: Settings, as role: DataDirectoryLock.Role = .command, clock: any TimeSource = SystemClock(), metrics: Metrics = Metrics(),
    policy: StoreFailurePolicy? = nil, onReplaced: @escaping @Sendable (String) -> Void = { Process.end(because: $0) },
    onCommit: CommitHook? = nil
  ) throws {
    let policy = policy ?? StoreFailurePolicy(path: settings.databasePath)
    self.policy = policy
    let directory = try DataDirectoryAccess(settings, as: role, policy: policy)
    self.directory = directory
    self.settings = settings
    self.onReplaced = onReplaced
    self.clock = clock
    tokens = try AccessTokenIssuer(
      ring: try KeyRing.load(from: settings.keysPath), issuer: settings.site, audience: settings.site,
      lifetimeSeconds: settings.accessTokenSeconds)
    hostTokens = role == .command ? nil : try Self.hostTokens(settings, tokens)
    files = FileStore(settings)
    uploadCheck = UploadCheck(command: settings.files.checkCommand)
    hasher = PasswordHasher(
      cost: settings.passwordCost == .minimum ? .minimum : .interactive,
      shareMax: settings.signInRateLimited ? PasswordHasher.shareMax : .max)
    commands = UserBudget(.commands, "commands", settings.commandRate)
    passwordChecks = UserBudget(.passwordChecks, "passwords", settings.signInRateLimited ? Self.passwordCheckRate : nil)
    readers = ReaderPool(path: settings.databasePath, policy: policy)
    indexReaders = ReaderPool(path: settings.searchIndexPath)
    #if DEBUG
      let acknowledgesBeforeCommit = settings.fault == "acknowledge-before-commit"
      if settings.fault == "data-race" { DataRaceFault.run() }
    #else
      let acknowledgesBeforeCommit = false
    #endif
    let eventBudget = settings.eventRate.map {
      EventBudget(limit: $0, boot: directory.boot, nowMilliseconds: { clock.bootMilliseconds })
    }
    writer = try GroupCommit(
      path: settings.databasePath, policy: policy, clock: { try Journal.time(wall: clock.now, $0) },
      eventBudget: eventBudget, acknowledgesBeforeCommit: acknowledgesBeforeCommit, metrics: CommitMetrics(metrics),
      confirm: { try Self.confirmCommit(directory, onReplaced) }, onCommit: try onCommit ?? Self.ringing(at: settings.doorbellPath))
    markerBatcher = MarkerBatcher { [writer] updates in try writer.perform { try Self.apply(updates, $0) } }
    if role != .command { try noteClientIDs() }
    // On an operator's terminal it would be in the way.
    if role != .command {
      Log.info("opened the database", ["path": settings.databasePath, "schema": Migrator.version, "sqlite": Database.libraryVersion])
    }
  }

  private static func hostTokens(_ settings: Settings, _ tokens: AccessTokenIssuer) throws -> HostTokens? {
    guard let host = settings.hostApplication else { return nil }
    do throws(HostKeysError) {
      let tokens = try HostTokens(
        keysAt: host.keysPath, issuer: host.issuer, audience: host.audience, own: tokens, ownKeysPath: settings.keysPath)
      Log.info("accepts tokens of a host application: \(tokens.summary)")
      return tokens
    } catch {
      throw Settings.Invalid("ECHOCHAT_HOST_KEYS=\(host.keysPath): \(error)")
    }
  }

  private static func ringing(at doorbellPath: String) throws -> CommitHook {
    let doorbell = try DoorbellSender(path: doorbellPath)
    return { events in if !events.isEmpty { doorbell.ring() } }
  }

  /// Executes a change and returns once it is on disk. Blocks. Throws `ChatError` or an error that `ChatError(mapping:)` maps.
  @inlinable
  public func commit<Result: Sendable>(_ change: @escaping Change<Result>) throws -> Result {
    try writer.perform(change)
  }

  /// Largest number of changes in one `submit`.
  public static let changesMax = GroupCommit.groupMax

  /// Queues changes for one transaction; each succeeds or fails by itself. `completion` is called on the writer's thread once they are on
  /// disk, with the results in order.
  @inlinable
  public func submit<Result: Sendable>(
    _ changes: [Change<Result>], completion: @escaping @Sendable ([Swift.Result<Result, any Error>]) -> Void
  ) {
    writer.submit(changes, completion: completion)
  }

  /// Commits what is queued and refuses later changes. Checkpointing goes on until `stopCheckpointing`.
  public func stop() {
    markerBatcher.stop()
    writer.stop()
  }

  /// Closes the database. Call last, after `stop`, `stopCheckpointing` and the end of all readers: the last program to close leaves the
  /// one file whole, without a log.
  public func close() {
    let areClosed = [readers, indexReaders].map { $0.close(milliseconds: Self.closeMilliseconds) }
    if areClosed.contains(false) { Log.warning("some requests still read the database") }
    directory.settle()
  }

  private static let closeMilliseconds: Int64 = 2000

  /// Drops SQLite's page caches, which the kernel's page cache duplicates. For a program that has become idle. Blocks.
  public func releaseMemory() {
    readers.releaseMemory()
    indexReaders.releaseMemory()
    try? commit { try $0.database.releaseMemory() }
  }

  /// Bytes of one command frame or one request body.
  public static let requestBytesMax = 64 << 10

  /// The bounds that clients can query.
  public var limits: Limits {
    Limits(
      messageRate: settings.messageRate, eventRate: settings.eventRate, commandRate: settings.commandRate,
      passwordCheckRate: settings.signInRateLimited ? Self.passwordCheckRate : nil, connectionsPerUser: settings.connectionsPerUser,
      connectionsPerAddress: settings.connectionsPerAddress, outboxBytes: settings.sendBufferBytesMax, frameBytes: Self.requestBytesMax,
      rooms: settings.roomLimits, files: settings.files.limits, retention: settings.retention)
  }

  // MARK: A database that was replaced

  /// What is committed to a file that is not the database any more is lost: it must not be acknowledged.
  private static func confirmCommit(_ directory: DataDirectoryAccess, _ onReplaced: (String) -> Void) throws {
    guard !directory.isCurrent else { return }
    onReplaced("the database was replaced while running: another file, or none, is at its path; nothing more is acknowledged")
    throw StoreError(.other, message: "the database was replaced", sql: "COMMIT")
  }

  /// Ends the program if the database's file is not the one that was opened.
  func confirmCommit() throws { try Self.confirmCommit(directory, onReplaced) }

  func databaseReplaced(_ reason: String) { onReplaced("the database was replaced while running: \(reason)") }
}
