// One connection to the SQLite file, with its statements prepared once.
import CGatheredWAL
import CSQLite
import Glibc
import Posix

/// For one thread at a time: the connection is opened without SQLite's own mutex. Whoever holds it (`ReaderPool`, `GroupCommit`,
/// `Checkpointer`) sees to that, which is why it may be handed from thread to thread.
package final class Database: @unchecked Sendable {
  package enum Access: Sendable {
    case reader
    /// What it commits is on disk.
    case writer
    /// What it commits lasts unless the machine fails; then the latest of it may be gone, and has to be made again.
    case indexer
  }

  private let handle: OpaquePointer
  private var statements: [UnsafePointer<UInt8>: OpaquePointer] = [:]

  /// The latest error of this connection.
  package private(set) var failure: StoreError?

  /// Opens the file and sets what every connection must have; see `pragmas`. Throws `StoreError`.
  package init(path: String, access: Access) throws {
    _ = Self.isLibrarySetUp
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (access == .reader ? 0 : SQLITE_OPEN_CREATE)
    let code = sqlite3_open_v2(path, &handle, flags, access == .writer ? ECHOCHAT_GATHERED_WAL : nil)
    guard code == SQLITE_OK, let handle else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw StoreError(code: code, message: "\(path): \(message)", sql: "open")
    }
    self.handle = handle
    if access == .writer { echochat_forget_what_is_rolled_back(handle) }
    sqlite3_extended_result_codes(handle, 1)
    // Short waits with growing pauses: SQLite's own handler sleeps a whole millisecond first, longer than our commits last.
    sqlite3_busy_handler(handle, Self.waitWhileBusy, nil)
    _ = echochat_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
    _ = echochat_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    try setUp(access)
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  /// Once in a process, before its first connection.
  private static let isLibrarySetUp = echochat_disable_memory_statistics() == SQLITE_OK && echochat_register_gathered_wal() == SQLITE_OK

  package static var libraryVersion: String { String(cString: sqlite3_libversion()) }

  private func setUp(_ access: Access) throws {
    let mode = try access == .reader ? first("PRAGMA journal_mode") { $0.text(0) } : switchToWAL()
    guard mode == "wal" else {
      let (code, reason) =
        access == .reader ? (SQLITE_NOTADB, "no program of ours made this file") : (SQLITE_CANTOPEN, "is this a local file system?")
      throw StoreError(code: code, message: "journal_mode is \(mode ?? "unknown"), not wal: \(reason)", sql: "PRAGMA journal_mode")
    }
    // FULL: with NORMAL, a power cut loses acknowledged messages.
    if access == .indexer { try run("PRAGMA synchronous=NORMAL") } else { try run("PRAGMA synchronous=FULL") }
    try run("PRAGMA foreign_keys=ON")
    try run("PRAGMA temp_store=MEMORY")
    // Debian's SQLite can lose rows when a checkpoint runs beside a commit: only the Checkpointer may checkpoint.
    try run("PRAGMA wal_autocheckpoint=0")
    try run("PRAGMA mmap_size=0")
    try run("PRAGMA journal_size_limit=67108864")
    switch access {
    case .writer, .indexer:
      try run("PRAGMA cache_size=-16384")
    case .reader:
      // Small: the kernel has the file's pages once for all, and every reading thread would keep them once more.
      try run("PRAGMA cache_size=-512")
      try run("PRAGMA query_only=ON")
    }
  }

  /// SQLite may not call the busy handler while it changes the mode, which several programs may do at once on a new file.
  private func switchToWAL() throws -> String? {
    let deadline = Clock.monotonicNanoseconds() + 5_000_000_000
    for attempt in Int32(0)... {
      do {
        return try first("PRAGMA journal_mode=WAL") { $0.text(0) }
      } catch let error as StoreError where error.isBusy && Clock.monotonicNanoseconds() < deadline {
        _ = Self.waitWhileBusy(nil, attempt)
      }
    }
    return nil
  }

  /// Up to about five seconds in all: 100 µs at first, 2 ms at most, with jitter so that two waiters do not march in step.
  private static let waitWhileBusy: @convention(c) (UnsafeMutableRawPointer?, Int32) -> Int32 = { _, attempt in
    guard attempt < 2600 else { return 0 }
    let ceiling = UInt32(min(2000, 100 + 20 * Int(attempt)))
    usleep(ceiling / 2 + UInt32.random(in: 0...ceiling / 2))
    return 1
  }

  // MARK: Statements

  /// Runs a statement that answers nothing (or whose answer does not matter).
  package func run(_ sql: StaticString, _ values: Value...) throws {
    _ = try step(sql, values) { _ in false }
  }

  /// The first row, if there is one.
  @inlinable
  package func first<Result>(_ sql: StaticString, _ values: Value..., read: (Row) throws -> Result) throws -> Result? {
    var result: Result?
    try step(sql, values) { row in
      result = try read(row)
      return false
    }
    return result
  }

  /// All rows, in order.
  @inlinable
  package func all<Result>(_ sql: StaticString, _ values: Value..., read: (Row) throws -> Result) throws -> [Result] {
    var results: [Result] = []
    try step(sql, values) { row in
      results.append(try read(row))
      return true
    }
    return results
  }

  /// Calls `body` for each row, in order.
  @inlinable
  package func forEach(_ sql: StaticString, _ values: Value..., body: (Row) throws -> Void) throws {
    try step(sql, values) { row in
      try body(row)
      return true
    }
  }

  /// Several statements from a migration; not cached.
  package func runScript(_ sql: String) throws {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, sql) }
  }

  /// How SQLite goes about the statements that were run here, line by line: for tests that say that nothing is read from end to end.
  package func plans() throws -> [String] {
    var plans: [String] = []
    for statement in statements.values {
      let sql = "EXPLAIN QUERY PLAN " + String(cString: sqlite3_sql(statement))
      var explanation: OpaquePointer?
      let code = sqlite3_prepare_v2(handle, sql, -1, &explanation, nil)
      guard code == SQLITE_OK else { throw error(code, sql) }
      defer { sqlite3_finalize(explanation) }
      guard let explanation else { continue }
      while sqlite3_step(explanation) == SQLITE_ROW { plans.append(Row(statement: explanation).text(3)) }
    }
    return plans
  }

  /// Several reads of one state of the database. Keep it short: an open snapshot keeps the WAL from being reused.
  @inlinable
  package func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
    try run("BEGIN DEFERRED")
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      if isInTransaction { try? run("ROLLBACK") }
      throw error
    }
  }

  /// Rows changed since the connection was opened.
  var totalChanges: Int64 { sqlite3_total_changes64(handle) }

  /// The row number that the latest INSERT of this connection gave.
  package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

  /// False once SQLite has rolled the transaction back by itself, as it may for a full disk.
  @usableFromInline var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Pages that this connection has written, to the log or to the file, since it was asked last.
  func takePagesWritten() -> Int32 {
    var (pages, highest) = (Int32(0), Int32(0))
    // SQLite's own count wraps around after 8 TiB: it begins anew each time.
    sqlite3_db_status(handle, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 1)
    return pages
  }

  /// Whether another file, or none, is where this one was.
  var hasMoved: Bool { echochat_has_moved(handle) != 0 }

  /// Copies WAL frames into the database file. For `Checkpointer` only. Answers frames in the WAL and frames copied.
  func passiveCheckpoint() throws -> (inLog: Int32, copied: Int32) {
    var inLog: Int32 = 0
    var copied: Int32 = 0
    let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &inLog, &copied)
    guard code == SQLITE_OK else { throw error(code, "passive checkpoint") }
    return (inLog, copied)
  }

  @discardableResult @inlinable
  func step(_ sql: StaticString, _ values: [Value], _ onRow: (Row) throws -> Bool) throws -> Bool {
    let statement = try prepared(sql)
    // A statement that is not reset holds its snapshot, and with it the WAL.
    defer { reset(statement) }
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index) + 1, of: statement, sql) }
    while try advance(statement, sql) {
      if try !onRow(Row(statement: statement)) { return true }
    }
    return false
  }

  // Inlinable is only what is generic, as in `Lock`.
  @usableFromInline func reset(_ statement: OpaquePointer) { sqlite3_reset(statement) }

  /// Whether there is a row.
  @usableFromInline func advance(_ statement: OpaquePointer, _ sql: StaticString) throws -> Bool {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: true
    case SQLITE_DONE: false
    case let code: throw error(code, "\(sql)")
    }
  }

  @usableFromInline
  func prepared(_ sql: StaticString) throws -> OpaquePointer {
    if let statement = statements[sql.utf8Start] { return statement }
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v3(
      handle, UnsafePointer(OpaquePointer(sql.utf8Start)), Int32(sql.utf8CodeUnitCount), UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let statement else { throw error(code, "\(sql)") }
    statements[sql.utf8Start] = statement
    return statement
  }

  @usableFromInline
  func bind(_ value: Value, at index: Int32, of statement: OpaquePointer, _ sql: StaticString) throws {
    let code =
      switch value {
      case .null: sqlite3_bind_null(statement, index)
      case .integer(let number): sqlite3_bind_int64(statement, index, number)
      case .text(var text): text.withUTF8 { bindText(UnsafeRawBufferPointer($0), at: index, of: statement) }
      case .utf8(let bytes): bytes.withUnsafeBytes { bindText($0, at: index, of: statement) }
      case .blob(let bytes): bytes.withUnsafeBytes { echochat_bind_blob(statement, index, $0.baseAddress, Int32($0.count)) }
      }
    guard code == SQLITE_OK else { throw error(code, "\(sql)") }
  }

  /// Empty text needs an address too: SQLite reads a null pointer as NULL.
  private func bindText(_ bytes: UnsafeRawBufferPointer, at index: Int32, of statement: OpaquePointer) -> Int32 {
    guard !bytes.isEmpty else { return echochat_bind_text(statement, index, "", 0) }
    return echochat_bind_text(statement, index, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
  }

  private func error(_ code: Int32, _ sql: String) -> StoreError {
    let error = StoreError(
      code: sqlite3_extended_errcode(handle) & 0xff == code & 0xff ? sqlite3_extended_errcode(handle) : code,
      message: String(cString: sqlite3_errmsg(handle)), sql: sql)
    failure = error
    return error
  }
}
