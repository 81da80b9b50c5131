// One connection to a database, with its statements prepared once.

/// For one thread at a time: the connection has no lock of its own. Its owner (`ReaderPool`, `GroupCommit`, `Checkpointer`) sees to that,
/// which is why it may be handed from thread to thread.
public final class Database: @unchecked Sendable {
  public enum Access: Sendable {
    case reader
    /// What it commits is on disk.
    case writer
    /// What it commits lasts unless the machine fails; then the latest of it may be gone and has to be made again.
    case indexer
    /// Reads a whole file that nobody changes, such as a copy, and makes no file beside it. A log beside it is not read.
    case unchanging
  }

  /// The engine. A second one makes this an enum of two.
  @usableFromInline let connection: SQLiteConnection

  /// The latest error of this connection.
  public var failure: StoreError? { connection.failure }

  /// Opens the file. `policy` decides what happens when it is damaged: every connection to the database has it. Without one, errors are
  /// thrown and nothing else: the search index, which is rebuilt, and tests. Throws `StoreError`.
  public init(path: String, access: Access, policy: StoreFailurePolicy? = nil) throws {
    connection = try SQLiteConnection(path: path, access: access, policy: policy)
  }

  /// Forgets the latest error.
  @usableFromInline func forgetFailure() { connection.failure = nil }

  /// Bytes that statements of this connection were given since it was opened.
  var bytesBound: Int { connection.bytesBound }

  /// Closes the connection now, not with its last reference: for who must be the last to close. Nothing may be run on it any more.
  public func close() { connection.close() }

  // MARK: Statements

  /// Runs a statement without reading rows, and returns how many rows it inserted, changed or deleted.
  @discardableResult
  public func run(_ sql: Statement, _ values: Value...) throws -> Int64 {
    try step(sql, values) { _ in false }
    return connection.rowsChanged
  }

  /// The first row, if there is one.
  @inlinable
  public func first<Result>(_ sql: Statement, _ values: Value..., read: (Row) throws -> Result) throws -> Result? {
    var result: Result?
    try step(sql, values) { row in
      result = try read(row)
      return false
    }
    return result
  }

  /// All rows, in order.
  @inlinable
  public func all<Result>(_ sql: Statement, _ values: Value..., read: (Row) throws -> Result) throws -> [Result] {
    var results: [Result] = []
    try step(sql, values) { row in
      results.append(try read(row))
      return true
    }
    return results
  }

  /// Calls `body` for each row, in order.
  @inlinable
  public func forEach(_ sql: Statement, _ values: Value..., body: (Row) throws -> Void) throws {
    try step(sql, values) { row in
      try body(row)
      return true
    }
  }

  /// Calls `body` for each row, in order, until it returns false.
  @inlinable
  public func forEachWhile(_ sql: Statement, _ values: Value..., body: (Row) throws -> Bool) throws {
    try step(sql, values, body)
  }

  /// Runs several statements, such as those of a migration; they are not cached.
  public func runScript(_ sql: String) throws { try connection.runScript(sql) }

  @inlinable
  func step(_ sql: Statement, _ values: [Value], _ onRow: (Row) throws -> Bool) throws {
    let statement = try connection.prepared(sql)
    // A statement that is not reset holds its snapshot, and with it the WAL.
    defer { connection.reset(statement) }
    for (index, value) in values.enumerated() { try connection.bind(value, at: Int32(index) + 1, of: statement, sql) }
    while try connection.advance(statement, sql) {
      if try !onRow(Row(statement)) { return }
    }
  }
}

// MARK: Transactions

extension Database {
  /// Several reads of one state of the database. Keep it short: an open snapshot keeps the WAL from being reused.
  @inlinable
  public func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
    try run("BEGIN")
    return try finish(body)
  }

  /// Several changes of which all are stored or none. Waits for the write lock.
  @inlinable
  public func writing<Result>(_ body: () throws -> Result) throws -> Result {
    try beginWriting()
    return try finish(body)
  }

  @inlinable
  func finish<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      if isInTransaction { _ = try? run("ROLLBACK") }
      throw error
    }
  }

  /// Begins a transaction that holds the write lock.
  @usableFromInline func beginWriting() throws { try run(SQLiteConnection.beginWriting) }

  /// False once the engine has rolled the transaction back by itself, as it may for a full disk.
  @usableFromInline var isInTransaction: Bool { connection.isInTransaction }
}
