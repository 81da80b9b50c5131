// The table of all commands, and what follows from it: help text, dispatch and exit status.
import Chat
import Configuration
import Domain
import Posix
import SQL
import Store

extension Command {
  static let all: [Command] =
    [Serve.command] + UserCommands.all + RoomCommands.all + MessageCommands.all + ReportCommands.all + MailCommands.all + [
      AuditCommands.command,
      DatabaseCommands.migrate,
      Command("version", text: "Prints the versions of EchoChat, of the schema and of SQLite.") { _ in
        Output.print("EchoChat \(Version.text), schema \(Migrator.version), SQLite \(Database.libraryVersion)\n")
      },
      Command("help", text: "Prints this text.") { _ in Output.print(help) },
    ]

  static var help: String {
    let commands = all.map { command in
      let options = command.options.filter { !common.contains($0.name) }.map { "\n        \($0.synopsis): \($0.text)" }
      return "  \(command.synopsis)\n      \(command.text)\(options.joined())\n"
    }
    return """
      usage: echochatctl COMMAND

      \(commands.joined())
      --json prints JSON, as the REST API has it. Exit status: 0 done, 1 failed or not found, 64 wrong usage, 78 invalid setting.
      Settings are environment variables; README.md lists them. The most common:
        ECHOCHAT_DATA (var), ECHOCHAT_PORT (8080)
      Run by root, every command becomes the owner of the data directory first.

      """
  }

  /// Options that are explained once.
  private static let common = [Option.json.name]

  /// Runs one command and returns the exit status: 0 done, 1 failed, 64 wrong usage, 78 invalid setting (sysexits.h).
  static func run(_ arguments: [String]) -> Int32 {
    // The trampoline keeps a signal for the program that it starts.
    if arguments.first == ExecTrampoline.command { ExecTrampoline.run(Array(arguments.dropFirst())) }
    Signals.ignoreReopening()
    _ = Operator.atCommandLine
    do {
      try dispatch(arguments)
      try Output.check()
      return 0
    } catch let failure as Failure {
      Log.error(failure.text)
      return failure.status
    } catch let error as ChatError {
      Log.error(error.detail)
      return 1
    } catch {
      Log.error("\(error)")
      return error is Settings.Invalid ? Failure.invalidSetting : 1
    }
  }

  private static func dispatch(_ words: [String]) throws {
    if ["--help", "-h"].contains(words.first) { return Output.print(help) }
    // `user code list` before `user code`.
    guard let command = all.filter({ words.starts(with: $0.name) }).max(by: { $0.name.count < $1.name.count }) else {
      throw Failure.usage
    }
    try command.run(try Arguments(words.dropFirst(command.name.count), of: command))
  }
}
