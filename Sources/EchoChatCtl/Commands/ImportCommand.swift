// `echochatctl user import`: accounts of another system.
import Chat
import Domain
import Posix

enum ImportCommand {
  static func run(_ arguments: [String]) throws {
    let files = arguments.filter { $0 != "--dry-run" }
    guard let file = files.first, files.count == 1, !file.hasPrefix("-"), arguments.count <= 2 else { throw Failure.usage }
    guard let format = ImportFormat(path: file) else { throw Failure("\(file): the name must end with .csv, .json or .jsonl", status: 64) }
    let isDryRun = arguments.count == 2
    // Opened before root is given up: a file with password hashes is often root's alone.
    let opened = try ReadableFile(file)
    try DataDirectory.withChat { chat in
      let report = try chat.importAccounts(from: opened, as: format, isDryRun: isDryRun, by: Operator.actor)
      for (line, error) in report.problems { Log.error("\(file), line \(line): \(text(error))") }
      let more = report.problemCount - report.problems.count
      if more > 0 { Log.error("\(file): and \(more) more") }
      if report.problemCount == 0 {
        Command.print("\(isDryRun ? "would make" : "made") \(accounts(report.made)), \(report.existing) were imported before\n")
      } else if report.made > 0, !isDryRun {
        throw Failure("made \(accounts(report.made)) before that: correct the file and import it again")
      } else {
        throw Failure("nothing is imported")
      }
    }
  }

  private static func accounts(_ count: Int) -> String { count == 1 ? "1 account" : "\(count) accounts" }

  private static func text(_ error: ChatError) -> String {
    guard let field = error.fields.first else { return error.detail }
    return "\(field.field): \(field.detail)"
  }
}
