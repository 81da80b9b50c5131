// The data directory of a command: its database migrated, or its chat opened.
import Chat
import Configuration

enum DataDirectory {
  /// Creates the directory and brings its database to the schema of this program. `copies`: a database that exists is copied before.
  static func migrate(copies: Bool) throws -> (settings: Settings, schemaBefore: Int64, copy: String?) {
    let settings = try ProgramStart.makeDirectories(for: .command)
    let directory = try DataDirectoryAccess(settings, as: .command, copiesBeforeMigrating: copies)
    defer { directory.settle() }
    return (settings, directory.schemaBefore, directory.copy)
  }

  /// Runs `body` with the chat of a data directory that must exist.
  static func withChat(_ body: (Chat) throws -> Void) throws {
    let chat = try Chat(settings: try ProgramStart.findDirectory())
    defer {
      chat.stop()
      chat.close()
    }
    try body(chat)
  }
}
