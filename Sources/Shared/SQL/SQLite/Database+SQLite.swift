// Operations that only SQLite has.
import Posix

extension Database {
  public static var libraryVersion: String { SQLiteConnection.libraryVersion }

  /// The highest number that the AUTOINCREMENT column of a table was ever given; 0 before the first.
  public func lastNumber(inTable name: String) throws -> Int64 {
    try first("SELECT seq FROM sqlite_sequence WHERE name = ?", .text(name)) { $0.integer(0) } ?? 0
  }

  /// Rows that were inserted, changed or deleted since the connection was opened, in the tables behind virtual tables too.
  public var totalChanges: Int64 { connection.totalChanges }

  /// The next number that the AUTOINCREMENT column of a table is given follows `number`, which must not be below the highest in use.
  public func setLastNumber(_ number: Int64, inTable name: String) throws {
    let changed = try run("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", .integer(number), .text(name))
    if changed == 0 { try run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", .text(name), .integer(number)) }
  }

  /// Frees the page cache.
  public func releaseMemory() throws { try run("PRAGMA shrink_memory") }

  /// The query plans of all statements that were run here, line by line: for tests that say that no table is read from end to end.
  public func plans() throws -> [String] { try connection.plans() }

  /// How often statements were run here: for tests that say how many a read needs.
  public var statementsRun: Int64 { connection.statementsRun }

  /// The first thing that a check of the whole file finds wrong; nil if there is none. Takes as long as reading the file does.
  public func firstDamage() throws -> String? {
    let finding = try first("PRAGMA integrity_check(1)") { $0.text(0) } ?? "no answer"
    return finding == "ok" ? nil : finding
  }

  /// Bytes of the file, with what is still in the log; a copy has at most as many.
  public func size() throws -> Int64 {
    try (first("PRAGMA page_count") { $0.integer(0) } ?? 0) * (first("PRAGMA page_size") { $0.integer(0) } ?? 0)
  }

  /// Writes a whole copy to a file that does not exist yet; it is not synced. Others read and write meanwhile, and the copy has none of that.
  public func copy(to path: String) throws { try runScript("VACUUM INTO '\(path.replacing("'", with: "''"))'") }

  /// Whether another file, or none, is where this one was.
  public var hasMoved: Bool { connection.hasMoved }

  /// Pages that this connection has written, to the WAL or to the file, since it was asked last.
  public func takePagesWritten() -> Int32 { connection.takePagesWritten() }
}
