// `echochatctl migrate`: creates the data directory and brings its database to the current schema.
import Configuration
import Store

enum DatabaseCommands {
  static let migrate = Command(
    "migrate", options: [.init("--no-copy", "Makes no copy, for which the disk may lack the room.")],
    text: "Creates the data directory, or brings its database to the schema of this version and keeps a copy of it as it was."
  ) { arguments in
    let done = try DataDirectory.migrate(copies: !arguments.has("--no-copy"))
    let copy = done.copy.map { "; as it was before: \($0)" } ?? ""
    Output.print("schema \(done.schemaBefore) -> \(Migrator.version) in \(done.settings.databasePath)\(copy)\n")
  }
}
