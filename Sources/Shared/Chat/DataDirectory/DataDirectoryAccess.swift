// A program's access to a data directory: its lock, and the proof that the database goes on with the history that it had.
import Auth
public import Configuration
public import Domain
import Glibc
public import Posix
public import SQL
import Store

/// Every program that opens the database has one. At its start a program compares the database with the identity that lies beside it; one
/// that was put back goes on as another history, which no earlier cursor resumes. See Sources/Decisions/0010.
public final class DataDirectoryAccess: Sendable {
  /// The tags of this history's cursors.
  public let history: History
  /// The name of this history.
  public let epoch: String
  /// The schema that the database had before this start.
  public let schemaBefore: Int64
  /// The copy of the database as it was before this start migrated it; nil if there is none.
  public let copy: String?
  /// The present boot: all programs that use the data have the same name for it.
  public let boot: String

  private struct State {
    /// Kept open, so that the log stays the file that the identity names.
    var connection: Database?
    /// As it was written last.
    var identity: HistoryIdentity
    /// The highest position that was seen.
    var position: Int64
  }

  private let policy: StoreFailurePolicy
  private let lock: DataDirectoryLock
  private let role: DataDirectoryLock.Role
  private let databasePath: String
  private let identityPath: String
  private let file: FileIdentity
  private let state: Lock<State>

  /// Makes the directories, takes the lock, brings the database to this program's schema, and compares it with its identity.
  /// `beforeJoining` runs with the role taken. `bootID` is nil where the kernel's is hidden. Throws errors for the operator.
  public convenience init(
    _ settings: Settings, as role: DataDirectoryLock.Role, policy: StoreFailurePolicy? = nil, copiesBeforeMigrating: Bool = true,
    bootID: String? = Clock.bootID(), beforeJoining: () throws -> Void = {}
  ) throws {
    try makeDirectories(role.directories(settings))
    let lock = try DataDirectoryLock(path: settings.lockPath, as: role)
    try beforeJoining()
    let isFirst = try lock.join()
    if isFirst { try DataExchange.undo(settings) }
    try self.init(settings, role, lock, isFirst: isFirst, policy, copies: copiesBeforeMigrating, bootID: bootID)
    if isFirst { try lock.admitOthers() }
  }

  /// For data that were just restored, by who holds the lock alone: they go on as another history.
  convenience init(_ settings: Settings, holding lock: DataDirectoryLock, putBack reason: String) throws {
    try self.init(settings, .command, lock, isFirst: true, nil, copies: false, bootID: Clock.bootID(), putBack: reason)
  }

  private init(
    _ settings: Settings, _ role: DataDirectoryLock.Role, _ lock: DataDirectoryLock, isFirst: Bool, _ policy: StoreFailurePolicy?,
    copies: Bool, bootID: String?, putBack: String? = nil
  ) throws {
    let policy = policy ?? StoreFailurePolicy(path: settings.databasePath)
    self.policy = policy
    self.role = role
    self.lock = lock
    (databasePath, identityPath) = (settings.databasePath, settings.identityPath)
    let opened = try lock.withIdentity {
      Self.closeFilesToOthers(settings)
      return try Self.open(
        settings.databasePath, settings.identityPath, policy, isFirst: isFirst, keepsConnection: role != .serve, copies: copies,
        bootID: bootID, putBack: putBack)
    }
    (history, epoch, schemaBefore, copy) = (opened.history, opened.identity.epoch, opened.schemaBefore, opened.copy)
    boot = opened.identity.boot
    file = opened.identity.database
    state = Lock(State(connection: opened.connection, identity: opened.identity, position: opened.identity.position))
  }

  // MARK: While running

  /// Whether the database is still the file that was opened: one system call. If not, nothing may be acknowledged any more.
  public var isCurrent: Bool { file.isAt(databasePath) }

  /// Why the database is not the one that was opened any more, or has lost a part of its history; nil if it goes on. The daemon also writes
  /// down the position that it has reached. Throws `StoreError`, and `Errno` if that cannot be written.
  public func difference() throws -> String? {
    guard isCurrent else { return "another file, or none, is in its place" }
    let epoch = epoch
    return try state.withLock { state in
      guard let connection = state.connection else { return nil }
      // What is in the page cache says nothing about the file.
      try connection.releaseMemory()
      let found = try connection.snapshot { (epoch: try Meta.epoch(connection), position: try Journal.lastPosition(connection)) }
      if found.epoch != epoch { return "it is another database" }
      if found.position < state.position { return "it ends at position \(found.position), but had reached \(state.position)" }
      state.position = found.position
      if role == .push { try write(&state, isSynced: false) }
      return nil
    }
  }

  /// Closes the database: the last program to do so copies the log into the one file and removes it. Call after all other connections of
  /// this program are closed.
  public func settle() {
    do {
      try lock.withIdentity {
        try state.withLock { state in
          state.connection?.close()
          state.connection = nil
          guard isCurrent else { return }
          // The connection is closed before the log is looked at.
          state.position = max(state.position, try Self.lastPosition(databasePath, policy))
          try writeLocked(&state, isSynced: true)
        }
      }
    } catch {
      Log.error("the database is not closed cleanly: \(error)")
    }
  }

  private static func lastPosition(_ path: String, _ policy: StoreFailurePolicy) throws -> Int64 {
    let database = try Database(path: path, access: .writer, policy: policy)
    defer { database.close() }
    return try Journal.lastPosition(database)
  }

  private func write(_ state: inout State, isSynced: Bool) throws {
    guard state.position != state.identity.position || !(state.identity.log?.isAt(databasePath + "-wal") ?? false) else { return }
    try lock.withIdentity {
      guard isCurrent else { return }
      try writeLocked(&state, isSynced: isSynced)
    }
  }

  /// A position alone is written in place: the daemon does so every second.
  private func writeLocked(_ state: inout State, isSynced: Bool) throws {
    var identity = state.identity
    identity.position = state.position
    let log = FileIdentity(of: databasePath + "-wal")
    if log == identity.log, !isSynced, access(identityPath, F_OK) == 0 {
      try TextFile.overwrite(identity.text, at: identityPath)
    } else {
      identity.log = log
      try TextFile.write(identity.text, to: identityPath, isSynced: true)
    }
    state.identity = identity
  }
}

// MARK: Starting

extension DataDirectoryAccess {
  private struct Opened {
    let history: History
    let identity: HistoryIdentity
    let schemaBefore: Int64
    let copy: String?
    let connection: Database?
  }

  /// Call with the identity locked.
  private static func open(
    _ path: String, _ identityPath: String, _ policy: StoreFailurePolicy, isFirst: Bool, keepsConnection: Bool, copies: Bool,
    bootID: String?, putBack: String?
  ) throws -> Opened {
    let recorded = recordedIdentity(identityPath)
    if let recorded { try setAsideLog(of: recorded, path) }
    try policy.checkMarked()
    let (schemaBefore, copy) = try migrate(path, policy, copies: copies)
    let database = try Database(path: path, access: .writer, policy: policy)
    defer { database.close() }
    guard let file = FileIdentity(of: path), !database.hasMoved else { throw Errno("open \(path)", code: ESTALE) }
    let boot = Self.boot(bootID, recorded, isFirst: isFirst)
    let (history, epoch, position) = try database.writing {
      let transaction = Transaction(database, now: Timestamp(milliseconds: 0))
      let found = HistoryIdentity(
        epoch: try Meta.epoch(database), position: try Journal.lastPosition(database), boot: boot, database: file, log: nil)
      let reason = try putBack ?? difference(of: found, to: recorded, HistorySections.all(database))
      if let reason {
        try HistorySections.beginAnother(epoch: Random.id(), beyond: recorded?.position ?? 0, transaction)
        Log.warning("\(path) was put back: \(reason). It goes on as another history: clients load their state anew")
      }
      if isFirst || reason != nil { try HistorySections.begin(tag: tag(after: HistorySections.all(database)), transaction) }
      // Nobody is there who knows nothing of tails.
      if isFirst { try MessageTails.allow(transaction) }
      return (try HistorySections.all(database), try Meta.epoch(database), try Journal.lastPosition(database))
    }
    let connection = keepsConnection ? try Database(path: path, access: .reader, policy: policy) : nil
    let identity = HistoryIdentity(
      epoch: epoch, position: position, boot: boot, database: file, log: FileIdentity(of: path + "-wal"))
    try TextFile.write(identity.text, to: identityPath, isSynced: true)
    return Opened(history: history, identity: identity, schemaBefore: schemaBefore, copy: copy, connection: connection)
  }

  /// Brings the database to this program's schema, and returns the schema that it had and the name of the copy that was made before.
  private static func migrate(_ path: String, _ policy: StoreFailurePolicy, copies: Bool) throws -> (Int64, String?) {
    let store = DatabaseCopies(of: path)
    var copy: String?
    do {
      let before = try Migrator.migrate(path: path, epoch: Random.id(), policy: policy) { database, schema in
        if copies { copy = try store.make(from: database, schema: schema) }
      }
      return (before, copy)
    } catch Migrator.Failure.newerSchema(let found, let known, _) {
      throw Migrator.Failure.newerSchema(found: found, known: known, copy: store.newest(through: known))
    }
  }

  /// Where the kernel's name of the boot is hidden, the first program to use the data draws one, and those that join it take that: as if the
  /// machine had been started when nobody used the data.
  private static func boot(_ bootID: String?, _ recorded: HistoryIdentity?, isFirst: Bool) -> String {
    if !isFirst, let recorded { return recorded.boot }
    return bootID ?? "unknown-\(Random.id())"
  }

  /// Files that an earlier version, or a copy with another umask, has left open to other users. SQLite makes its log with the mode of the
  /// database.
  private static func closeFilesToOthers(_ settings: Settings) {
    for path in [settings.databasePath, settings.searchIndexPath].flatMap({ [$0, $0 + "-wal", $0 + "-shm"] }) + [settings.identityPath] {
      guard let mode = closeToOthers(path) else { continue }
      Log.warning("\(path) was open to other users (mode \(String(mode, radix: 8))); it is closed to them now")
    }
  }

  /// A database without sections was made by this start, or by a version that knew no identity.
  private static func difference(of found: HistoryIdentity, to recorded: HistoryIdentity?, _ history: History) -> String? {
    guard let recorded else { return history.sections.isEmpty ? nil : "its identity is missing" }
    return recorded.difference(to: found)
  }

  /// Another one than was in force, so that what follows differs from what followed before.
  private static func tag(after history: History) -> Int64 {
    while true {
      let tag = Int64.random(in: 1..<Cursor.tags)
      if tag != history.sections.last?.tag { return tag }
    }
  }

  /// Whether the log beside the database belongs to a file that is not there any more: to open the database as it is would apply it.
  static func hasForeignLog(_ settings: Settings) -> Bool {
    guard let recorded = recordedIdentity(settings.identityPath) else { return false }
    return hasForeignLog(recorded, settings.databasePath)
  }

  private static func recordedIdentity(_ path: String) -> HistoryIdentity? {
    (try? TextFile.read(path)).flatMap(HistoryIdentity.init(text:))
  }

  private static func hasForeignLog(_ recorded: HistoryIdentity, _ path: String) -> Bool {
    guard let log = recorded.log, FileIdentity(of: path + "-wal")?.isSameFile(as: log) == true else { return false }
    return FileIdentity(of: path)?.isSameFile(as: recorded.database) != true
  }

  /// The log of a file that is not there any more must not be applied to the one in its place. It is kept for the operator.
  private static func setAsideLog(of recorded: HistoryIdentity, _ path: String) throws {
    guard hasForeignLog(recorded, path) else { return }
    for ending in ["-wal", "-shm"] where access(path + ending, F_OK) == 0 {
      try check("rename \(path)\(ending)") { rename(path + ending, "\(path)\(ending).replaced") }
    }
    Log.warning("\(path)-wal belongs to a database file that was replaced; it is kept as \(path)-wal.replaced")
  }
}
