// Creating and opening the file of the index: for the writer alone, searches only read it.
import Glibc
import SQL

extension SearchIndex {
  /// Opens the file. One that is missing, unreadable, of another program or of another version is replaced.
  static func open(path: String) throws -> Database {
    try isValid(path) ? Database(path: path, access: .indexer) : make(path: path)
  }

  /// Replaces the file by an empty one. Programs that have the old one open keep it: SQLite neither checkpoints nor removes anything for
  /// a connection whose file has moved, and its name is no longer valid.
  static func make(path: String) throws -> Database {
    for ending in ["", "-wal", "-shm", "-journal"] where unlink(path + ending) != 0 && errno != ENOENT {
      throw StoreError(.other, code: errno, message: String(cString: strerror(errno)), sql: "remove \(path)\(ending)")
    }
    let database = try Database(path: path, access: .indexer)
    try database.runScript(
      "BEGIN IMMEDIATE; \(schema) PRAGMA user_version = \(version); PRAGMA application_id = \(applicationID); COMMIT")
    return database
  }

  /// Whether an error means that the file must be rebuilt; false if the error may be temporary.
  public static func isLost(path: String, after error: any Error) -> Bool {
    guard let error = error as? StoreError else { return false }
    return error.isCorruption || error.isSchemaMismatch || access(path, F_OK) != 0
  }

  /// Reads only: the writer's connection would turn any file into a database.
  private static func isValid(_ path: String) throws -> Bool {
    do {
      let database = try Database(path: path, access: .reader)
      return try database.first("PRAGMA application_id") { $0.integer(0) } == applicationID
        && database.first("PRAGMA user_version") { $0.integer(0) } == version
    } catch let error where isLost(path: path, after: error) {
      return false
    }
  }
}
