// `echochatctl migrate`: creates the data directory and brings its database to the current schema.
import Configuration
import Store

enum DatabaseCommands {
  static func migrate() throws {
    let settings = try DataDirectory.make()
    Command.print("schema \(try DataDirectory.migrate(settings)) -> \(Migrator.version) in \(settings.databasePath)\n")
  }
}
