// The directory that holds everything: made, and its database migrated.
import Auth
import Glibc
import Posix
import SQL
import Store

enum DataDirectory {
  /// Makes it and answers the settings with `data` and `run` made absolute.
  static func make() throws -> Settings {
    var settings = try Settings.fromEnvironment()
    // Owner and group may enter, so that an nginx in the group reaches the sockets ...
    umask(0o027)
    try settings.makeDirectories()
    // ... but files, the database and its WAL first of all, are their owner's alone.
    umask(0o077)
    settings.data = try absolutePath(settings.data)
    settings.run = try absolutePath(settings.runDirectory)
    return settings
  }

  /// Brings the database to the schema of this program and answers the schema found.
  static func migrate(_ settings: Settings) throws -> Int64 {
    try Migrator.migrate(path: settings.databasePath, epoch: Random.id())
  }
}

func absolutePath(_ path: String) throws(Errno) -> String {
  guard let absolute = realpath(path, nil) else { throw Errno(path) }
  defer { free(absolute) }
  return String(cString: absolute)
}
