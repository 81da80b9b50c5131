// The table of all commands, and what follows from it: help text, dispatch and exit status.
import Chat
import Configuration
import Domain
import Posix
import SQL
import Store

extension Command {
  static let all: [Command] =
    [Serve.command] + UserCommands.all + RoomCommands.all + MessageCommands.all + ReportCommands.all + MailCommands.all + BackupCommands.all
    + [
      AuditCommands.command,
      StatusCommand.command,
      DoctorCommand.command,
      DatabaseCommands.migrate,
      NginxCommand.command,
      Command("version", text: "Prints the versions of EchoChat, of the schema and of SQLite.") { _ in
        Output.print("EchoChat \(Version.text), schema \(Migrator.version), SQLite \(Database.libraryVersion)\n")
      },
      // Printed by `dispatch`, as for --help.
      Command("help", "[COMMAND]", text: "Prints this text, or the part about some commands: `help user`, `help user make`.") { _ in },
    ]

  /// The help text of all commands whose name begins with `words`; nil if there is none.
  static func help(on words: [String]) -> String? {
    let found = all.filter { $0.name.starts(with: words) }
    guard !found.isEmpty else { return nil }
    var (text, group) = ("usage: echochatctl COMMAND\n", String?.none)
    for command in found {
      let options = command.options.filter { !common.contains($0.name) }.map { "\n        \($0.synopsis): \($0.text)" }
      if command.name.first != group { text += "\n" }
      text += "  \(command.synopsis)\n      \(command.text)\(options.joined())\n"
      group = command.name.first
    }
    return text + """

      --json prints JSON, as the REST API has it. Exit status: 0 done, 1 failed or not found, 64 wrong usage, 78 invalid setting.
      Settings are those of the programs: lines NAME=value of /etc/echochat/echochat.conf, or of the file that ECHOCHAT_CONFIG names,
      and environment variables, which win. README.md lists them. The most common:
        ECHOCHAT_DATA (var), ECHOCHAT_PORT (8080)
      Run by root, every command that opens the data directory becomes its owner first.

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
      if !failure.text.isEmpty { Log.error(failure.text) }
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
    if let text = try helpWanted(words) ?? Manual.text(for: words, of: all) { return Output.print(text) }
    let known = words.first == "--version" ? ["version"] : words
    // `user code list` before `user code`.
    guard let command = longest(of: known) else { throw noCommand(words) }
    try command.run(try Arguments(known.dropFirst(command.name.count), of: command))
  }

  /// The help text, if the words ask for it: `help user`, `user --help`, `user make alice --help`.
  private static func helpWanted(_ words: [String]) throws -> String? {
    let (flags, typed) = (["--help", "-h"], words.prefix { $0 != "--" })
    guard words.first == "help" || typed.contains(where: flags.contains) else { return nil }
    let rest = Array(words.drop { $0 == "help" })
    guard typed.contains(where: flags.contains) else {
      guard let text = help(on: rest) else { throw noCommand(rest) }
      return text
    }
    let names = Array(rest.prefix { !$0.hasPrefix("-") })
    guard let text = help(on: names) ?? longest(of: names).flatMap({ help(on: $0.name) }) else { throw noCommand(names) }
    return text
  }

  private static func longest(of words: [String]) -> Command? {
    all.filter { words.starts(with: $0.name) }.max { $0.name.count < $1.name.count }
  }

  /// The error for words that name no command, with the place where those that may be meant are told.
  private static func noCommand(_ words: [String]) -> Failure {
    guard let group = words.first, all.contains(where: { $0.name.first == group }) else { return Failure.usage }
    let next = all.filter { $0.name.first == group }.compactMap { $0.name.dropFirst().first }
    let choice = Set(next).sorted().joined(separator: ", ")
    return Failure("after `\(group)` there must be one of \(choice): try `echochatctl help \(group)`", status: Failure.wrongUsage)
  }
}
