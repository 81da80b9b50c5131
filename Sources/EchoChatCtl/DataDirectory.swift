// The data directory: created with its subdirectories, its database migrated, its chat opened.
import Chat
import Configuration
import Glibc
import Posix

enum DataDirectory {
  /// Creates the directory and returns the settings with `data` and `run` made absolute. Run by root, it gives the directory to the
  /// service's user and becomes that user, after `asRoot` has done what only root can.
  static func make(asRoot: (Settings) throws -> Void = { _ in }) throws -> Settings {
    var settings = try Settings(environment: Process.environment())
    Log.isVerbose = settings.logLevel == .debug
    let user = try ServiceUser.choose(settings)
    try makeDirectories(settings.directories)
    settings.data = try absolutePath(settings.data)
    settings.run = try absolutePath(settings.runDirectory)
    if let user {
      try asRoot(settings)
      try user.take([settings.data, settings.run])
      try user.become()
      for directory in [settings.data, settings.run] where access(directory, R_OK | W_OK | X_OK) != 0 {
        throw Failure("the user \(user.name) cannot use \(Errno(directory)); ECHOCHAT_USER names another user, such as root")
      }
    }
    return settings
  }

  /// Brings the database to the schema of this program and returns the schema version that it had.
  static func migrate(_ settings: Settings) throws -> Int64 {
    let directory = try DataDirectoryAccess(settings, as: .command)
    defer { directory.settle() }
    return directory.schemaBefore
  }

  /// The settings of a data directory that must exist: a wrong ECHOCHAT_DATA must not create a new one.
  static func existing() throws -> Settings {
    let settings = try Settings(environment: Process.environment())
    Log.isVerbose = settings.logLevel == .debug
    guard access(settings.databasePath, F_OK) == 0 else {
      throw Failure("there is no database at \(settings.databasePath): is ECHOCHAT_DATA right?")
    }
    // What it creates, as SQLite may, must be the programs' to write.
    try ServiceUser.owner(of: settings.data)?.become()
    return settings
  }

  /// Runs `body` with the chat of a data directory that must exist.
  static func withChat(_ body: (Chat) throws -> Void) throws {
    let chat = try Chat(settings: try existing())
    defer {
      chat.stop()
      chat.close()
    }
    try body(chat)
  }
}

func absolutePath(_ path: String) throws(Errno) -> String {
  guard let absolute = realpath(path, nil) else { throw Errno(path) }
  defer { free(absolute) }
  return String(cString: absolute)
}
