// The data directory: created with its subdirectories, its database migrated, its chat opened.
import Auth
import Chat
import Configuration
import Glibc
import Posix
import SQL
import Store

enum DataDirectory {
  /// Creates the directory and returns the settings with `data` and `run` made absolute.
  static func make() throws -> Settings {
    var settings = try Settings(environment: Process.environment())
    Log.isVerbose = settings.logLevel == .debug
    // Owner and group may enter, so that an nginx in the group reaches the sockets ...
    umask(0o027)
    try makeDirectories(settings.directories)
    // ... but only the owner may read files, above all the database and its WAL.
    umask(0o077)
    settings.data = try absolutePath(settings.data)
    settings.run = try absolutePath(settings.runDirectory)
    return settings
  }

  /// Brings the database to the schema of this program and returns the schema version that it had.
  static func migrate(_ settings: Settings) throws -> Int64 {
    let policy = StoreFailurePolicy(path: settings.databasePath)
    try policy.checkMarked()
    return try Migrator.migrate(path: settings.databasePath, epoch: Random.id(), policy: policy)
  }

  /// The settings of a data directory that must exist: a wrong ECHOCHAT_DATA must not create a new one.
  static func existing() throws -> Settings {
    let settings = try Settings(environment: Process.environment())
    Log.isVerbose = settings.logLevel == .debug
    guard access(settings.databasePath, F_OK) == 0 else {
      throw Failure("there is no database at \(settings.databasePath): is ECHOCHAT_DATA right?")
    }
    umask(0o077)
    return settings
  }

  /// Opens the chat of a data directory that must exist.
  static func openChat() throws -> Chat {
    try Chat(settings: try existing())
  }
}

func absolutePath(_ path: String) throws(Errno) -> String {
  guard let absolute = realpath(path, nil) else { throw Errno(path) }
  defer { free(absolute) }
  return String(cString: absolute)
}
