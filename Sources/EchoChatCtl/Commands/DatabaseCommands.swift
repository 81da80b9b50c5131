// `echochatctl migrate`: creates the data directory and brings its database to the current schema.
import Configuration
import Store

enum DatabaseCommands {
  static func migrate(_ arguments: [String]) throws {
    guard arguments.isEmpty || arguments == ["--no-copy"] else { throw Failure.usage }
    let done = try DataDirectory.migrate(copies: arguments.isEmpty)
    let copy = done.copy.map { "; as it was before: \($0)" } ?? ""
    Command.print("schema \(done.schemaBefore) -> \(Migrator.version) in \(done.settings.databasePath)\(copy)\n")
  }
}
