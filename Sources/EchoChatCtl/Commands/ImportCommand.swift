// `echochatctl user import`: accounts of another system.
import Chat
import Domain
import Posix

enum ImportCommand {
  static let command = Command(
    "user import", "FILE", options: [.init("--dry-run", "Only looks.")],
    text: "Makes accounts with the password hashes of another system, of a .csv or .json file: all, or none if anything is wrong.", run: run
  )

  private static func run(_ arguments: Arguments) throws {
    let (file, isDryRun) = (arguments["FILE"], arguments.has("--dry-run"))
    guard let format = ImportFormat(path: file) else {
      throw Failure("\(file): the name must end with .csv, .json or .jsonl", status: Failure.wrongUsage)
    }
    // Opened before root is given up: a file with password hashes is often root's alone.
    let opened = try ReadableFile(file)
    try DataDirectory.withChat { chat in
      let report = try chat.importAccounts(from: opened, as: format, isDryRun: isDryRun, by: .atCommandLine)
      for (line, error) in report.problems { Log.error("\(file), line \(line): \(text(error))") }
      let more = report.problemCount - report.problems.count
      if more > 0 { Log.error("\(file): and \(more) more") }
      if report.problemCount == 0 {
        Output.print("\(isDryRun ? "would make" : "made") \(accounts(report.made)), \(report.existing) were imported before\n")
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
