// A connection of the SQLite library and its prepared statements.
import CGatheredWAL
import CSQLite
import Glibc
import Posix

public final class SQLiteConnection {
  /// Takes the write lock at once: a transaction that took it later could find that another one was faster.
  @usableFromInline static let beginWriting: Statement = "BEGIN IMMEDIATE"

  private let handle: OpaquePointer
  private var statements: [UnsafePointer<UInt8>: SQLiteStatement] = [:]
  var failure: StoreError?
  private let policy: StoreFailurePolicy?
  /// Bytes of text and blobs that statements were given.
  private(set) var bytesBound = 0
  private var isClosed = false

  /// Opens the file and sets what every connection must have; see `setUp`. Throws `StoreError`.
  init(path: String, access: Database.Access, policy: StoreFailurePolicy?) throws {
    _ = Self.isLibrarySetUp
    self.policy = policy
    var handle: OpaquePointer?
    let code =
      switch access {
      case .writer: sqlite3_open_v2(path, &handle, Self.flags | SQLITE_OPEN_CREATE, ECHOCHAT_GATHERED_WAL)
      case .indexer: sqlite3_open_v2(path, &handle, Self.flags | SQLITE_OPEN_CREATE, ECHOCHAT_ERASING)
      case .reader: sqlite3_open_v2(path, &handle, Self.flags, ECHOCHAT_ERASING)
      case .unchanging:
        sqlite3_open_v2(Self.unchangingURI(path), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
      }
    guard code == SQLITE_OK, let handle else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw Self.report(StoreError(sqliteCode: code, message: "\(path): \(message)", sql: "open"), policy)
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

  private static let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX

  /// sqlite.org/uri.html: what is neither letter nor digit could end the path.
  private static func unchangingURI(_ path: String) -> String {
    var uri = "file:"
    for byte in path.utf8 {
      let character = Character(UnicodeScalar(byte))
      let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "/.-_".contains(character))
      uri += isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return uri + "?immutable=1"
  }

  deinit { close() }

  /// Closes the connection at once; nothing may be run on it any more.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    for statement in statements.values { sqlite3_finalize(statement.pointer) }
    statements = [:]
    sqlite3_close_v2(handle)
  }

  /// Once in a process, before its first connection.
  private static let isLibrarySetUp = echochat_disable_memory_statistics() == SQLITE_OK && echochat_register_gathered_wal() == SQLITE_OK

  static var libraryVersion: String { String(cString: sqlite3_libversion()) }

  private func setUp(_ access: Database.Access) throws {
    guard access != .unchanging else {
      _ = try pragma("PRAGMA temp_store=MEMORY")
      _ = try pragma("PRAGMA query_only=ON")
      return
    }
    let mode = try access == .reader ? pragma("PRAGMA journal_mode") : switchToWAL()
    guard mode == "wal" else {
      let (code, reason) =
        access == .reader ? (SQLITE_NOTADB, "no program of ours made this file") : (SQLITE_CANTOPEN, "is this a local file system?")
      let message = "journal_mode is \(mode ?? "unknown"), not wal: \(reason)"
      throw Self.report(StoreError(sqliteCode: code, message: message, sql: "PRAGMA journal_mode"), policy)
    }
    // FULL: with NORMAL, a power cut loses acknowledged messages.
    _ = try pragma(access == .indexer ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL")
    _ = try pragma("PRAGMA foreign_keys=ON")
    _ = try pragma("PRAGMA temp_store=MEMORY")
    // Debian's SQLite can lose rows when a checkpoint runs beside a commit: only the Checkpointer may checkpoint.
    _ = try pragma("PRAGMA wal_autocheckpoint=0")
    _ = try pragma("PRAGMA mmap_size=0")
    _ = try pragma("PRAGMA journal_size_limit=67108864")
    // Deleted rows are overwritten with zeros. It is Debian's default; the promise must not depend on how the library was compiled.
    _ = try pragma("PRAGMA secure_delete=ON")
    switch access {
    case .writer, .indexer:
      _ = try pragma("PRAGMA cache_size=-16384")
      // Debian's SQLite loses commits when pages that went to the WAL early are overwritten and a savepoint is rolled back.
      _ = try pragma("PRAGMA cache_spill=OFF")
    case .reader, .unchanging:
      // Small: the kernel has the file's pages once for all, and every reading thread would keep them once more. But enough for a list of
      // fifty rooms, each with its newest message: with half of it the list of a large database took 1.27 times the CPU of a small one's.
      _ = try pragma("PRAGMA cache_size=-1024")
      _ = try pragma("PRAGMA query_only=ON")
    }
  }

  /// The first column of what a pragma returns; nil if it returns nothing.
  private func pragma(_ sql: Statement) throws -> String? {
    let statement = try prepared(sql)
    defer { reset(statement) }
    return try advance(statement, sql) ? statement.text(0) : nil
  }

  /// SQLite may not call the busy handler while it changes the mode, which several programs may do at once on a new file.
  private func switchToWAL() throws -> String? {
    let deadline = Clock.monotonicNanoseconds() + 5_000_000_000
    for attempt in Int32(0)... {
      do {
        return try pragma("PRAGMA journal_mode=WAL")
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

  @usableFromInline
  func prepared(_ sql: Statement) throws -> SQLiteStatement {
    if let statement = statements[sql.start] { return statement }
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v3(
      handle, UnsafePointer(OpaquePointer(sql.start)), Int32(sql.count), UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
    guard code == SQLITE_OK, let pointer else { throw error(code, sql.text) }
    let statement = SQLiteStatement(pointer: pointer)
    statements[sql.start] = statement
    return statement
  }

  @usableFromInline
  func bind(_ value: Value, at index: Int32, of statement: SQLiteStatement, _ sql: Statement) throws {
    bytesBound &+= value.byteCount
    let code = statement.bind(value, at: index)
    guard code == SQLITE_OK else { throw error(code, sql.text) }
  }

  /// Whether there is a row.
  @usableFromInline
  func advance(_ statement: SQLiteStatement, _ sql: Statement) throws -> Bool {
    switch sqlite3_step(statement.pointer) {
    case SQLITE_ROW: true
    case SQLITE_DONE: false
    case let code: throw error(code, sql.text)
    }
  }

  @usableFromInline func reset(_ statement: SQLiteStatement) { sqlite3_reset(statement.pointer) }

  func runScript(_ sql: String) throws {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, sql) }
  }

  private func error(_ code: Int32, _ sql: String) -> StoreError {
    let extended = sqlite3_extended_errcode(handle)
    let error = StoreError(
      sqliteCode: extended & 0xff == code & 0xff ? extended : code, message: String(cString: sqlite3_errmsg(handle)), sql: sql)
    failure = error
    return Self.report(error, policy)
  }

  /// Every error of every connection passes here.
  private static func report(_ error: StoreError, _ policy: StoreFailurePolicy?) -> StoreError {
    policy?.report(error)
    return error
  }

  // MARK: State

  /// Rows inserted, changed or deleted by the latest statement that did so.
  var rowsChanged: Int64 { sqlite3_changes64(handle) }

  /// Rows changed since the connection was opened.
  var totalChanges: Int64 { sqlite3_total_changes64(handle) }

  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Pages that this connection has written, to the WAL or to the file, since it was asked last.
  func takePagesWritten() -> Int32 {
    var (pages, highest) = (Int32(0), Int32(0))
    // SQLite's own count wraps around after 8 TiB: it is reset each time.
    sqlite3_db_status(handle, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 1)
    return pages
  }

  /// Whether another file, or none, is where this one was.
  var hasMoved: Bool { echochat_has_moved(handle) != 0 }

  /// Copies WAL frames into the database file. For `Checkpointer` only. Returns frames in the WAL and frames copied.
  func passiveCheckpoint() throws -> (inLog: Int32, copied: Int32) {
    var inLog: Int32 = 0
    var copied: Int32 = 0
    let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &inLog, &copied)
    guard code == SQLITE_OK else { throw error(code, "passive checkpoint") }
    return (inLog, copied)
  }

  /// How often statements were run here.
  var statementsRun: Int64 {
    statements.values.reduce(0) { $0 + Int64(sqlite3_stmt_status($1.pointer, SQLITE_STMTSTATUS_RUN, 0)) }
  }

  /// The query plans of all statements that were run here, line by line.
  func plans() throws -> [String] {
    var plans: [String] = []
    for statement in statements.values {
      let sql = "EXPLAIN QUERY PLAN " + String(cString: sqlite3_sql(statement.pointer))
      var explanation: OpaquePointer?
      let code = sqlite3_prepare_v2(handle, sql, -1, &explanation, nil)
      guard code == SQLITE_OK else { throw error(code, sql) }
      defer { sqlite3_finalize(explanation) }
      guard let explanation else { continue }
      while sqlite3_step(explanation) == SQLITE_ROW { plans.append(SQLiteStatement(pointer: explanation).text(3)) }
    }
    return plans
  }
}
