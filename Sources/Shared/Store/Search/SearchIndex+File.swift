// The file of the index: for the indexer alone, the others only read it.
import CSQLite
import Glibc

extension SearchIndex {
  /// Opens the file. One that is not there, not readable, of another program or of another version is made anew.
  static func open(path: String) throws -> Database {
    try isOurs(path) ? Database(path: path, access: .indexer) : make(path: path)
  }

  /// Makes another file in place of the one that is there. Programs that have the old one open keep it: SQLite neither checkpoints nor
  /// removes anything for a connection whose file has moved, and nobody believes what they find there.
  static func make(path: String) throws -> Database {
    for ending in ["", "-wal", "-shm", "-journal"] where unlink(path + ending) != 0 && errno != ENOENT {
      throw StoreError(code: SQLITE_IOERR, message: String(cString: strerror(errno)), sql: "remove \(path)\(ending)")
    }
    let database = try Database(path: path, access: .indexer)
    try database.runScript(
      "BEGIN IMMEDIATE; \(schema) PRAGMA user_version = \(version); PRAGMA application_id = \(applicationID); COMMIT")
    return database
  }

  /// Whether the file must be made anew, to judge by how reading it failed; false if that may pass.
  package static func isLost(path: String, after error: any Error) -> Bool {
    guard let error = error as? StoreError else { return false }
    return error.isCorruption || error.isOfAnotherSchema || access(path, F_OK) != 0
  }

  /// Only looks: an indexer's connection would begin by making a database of whatever it finds.
  private static func isOurs(_ path: String) throws -> Bool {
    do {
      let database = try Database(path: path, access: .reader)
      return try database.first("PRAGMA application_id") { $0.integer(0) } == applicationID
        && database.first("PRAGMA user_version") { $0.integer(0) } == version
    } catch let error where isLost(path: path, after: error) {
      return false
    }
  }
}
