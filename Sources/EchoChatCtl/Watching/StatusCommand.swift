// `echochatctl status`: what runs, and whether all is well.
import Chat
import Configuration
import Domain
import Posix
import Wire

enum StatusCommand {
  /// Events that are stored and not yet given to connections: more means that the daemon does not follow.
  private static let behindMax: Int64 = 10_000

  static let command = Command(
    "status", options: [.json, .init("--quiet", "Prints nothing: for health checks.")],
    text: "Prints what runs and its figures. Exit status 1 unless all is well: every program answers, and what is written can be stored.",
    run: run)

  private static func run(_ arguments: Arguments) throws {
    let settings = try ProgramStart.findDirectory()
    let system = RunningSystem(settings)
    let problems = problems(of: system)
    let backup = LastBackup.read(settings)
    if arguments.has("--json") {
      Output.printJSON { write(system, backup, problems, &$0) }
    } else if !arguments.has("--quiet") {
      Output.details(programs(of: system) + figures(of: system, backup))
    }
    guard problems.isEmpty else { throw arguments.has("--quiet") ? Failure.silent : Failure(problems.joined(separator: "; ")) }
  }

  /// In sentences for the operator.
  private static func problems(of system: RunningSystem) -> [String] {
    var problems = system.programs.compactMap { program -> String? in
      if !program.isUp { return "\(program.name) does not answer" }
      return program.isReady == false ? "\(program.name) cannot store anything" : nil
    }
    if let newest = system.number("echochat_journal_position"), let published = system.number("echochat_published_position"),
      newest - published > behindMax
    {
      problems.append("push is \(newest - published) events behind")
    }
    return problems
  }

  private static func programs(of system: RunningSystem) -> [(name: String, value: String)] {
    system.programs.map { program in
      let state = !program.isUp ? "down" : program.isReady == false ? "up, not ready" : "up"
      let since = program.startedAt.map { "since \(Output.text($0))" }
      return (program.name, ([state] + [program.version, since].compactMap { $0 }).joined(separator: ", "))
    }
  }

  private static func figures(of system: RunningSystem, _ backup: LastBackup?) -> [(name: String, value: String)] {
    func text(_ name: String, _ labels: [String: String] = [:]) -> String { system.number(name, labels).map { "\($0)" } ?? "unknown" }
    var figures = [
      ("connections", text("echochat_connections")),
      ("journal", "position \(text("echochat_journal_position")), published \(text("echochat_published_position"))"),
      ("password checks", "\(text("echochat_password_checks_running")) running, \(text("echochat_password_checks_waiting")) waiting"),
      ("database bytes", "\(text("echochat_database_bytes")), log \(text("echochat_wal_bytes"))"),
      ("free disk bytes", text("echochat_disk_free_bytes")),
      ("newest backup", backup.map { "\(Output.text($0.at)), \($0.path)" } ?? "none"),
    ]
    if system.value("echochat_mails") != nil {
      let (waiting, givenUp) = (text("echochat_mails", ["state": "waiting"]), text("echochat_mails", ["state": "given_up"]))
      figures.append(("mails", "\(waiting) waiting, \(givenUp) given up"))
    }
    return figures.map { (name: $0, value: $1) }
  }

  private static func write(_ system: RunningSystem, _ backup: LastBackup?, _ problems: [String], _ json: inout JSONWriter) {
    json.object { json in
      json.field("ok", problems.isEmpty)
      json.field("version", Version.text)
      json.key("problems")
      json.array { json in for problem in problems { json.string(problem) } }
      json.key("programs")
      json.array { json in for program in system.programs { write(program, &json) } }
      for (name, metric) in [
        ("connections", "echochat_connections"), ("journal_position", "echochat_journal_position"),
        ("published_position", "echochat_published_position"), ("password_checks_running", "echochat_password_checks_running"),
        ("password_checks_waiting", "echochat_password_checks_waiting"), ("database_bytes", "echochat_database_bytes"),
        ("wal_bytes", "echochat_wal_bytes"), ("disk_free_bytes", "echochat_disk_free_bytes"),
      ] as [(StaticString, String)] { json.field(name, system.number(metric)) }
      json.field("mails_waiting", system.number("echochat_mails", ["state": "waiting"]))
      json.field("mails_given_up", system.number("echochat_mails", ["state": "given_up"]))
      json.field("newest_backup_at", backup?.at)
      json.field("newest_backup", backup?.path)
    }
  }

  private static func write(_ program: RunningSystem.Program, _ json: inout JSONWriter) {
    json.object { json in
      json.field("name", program.name)
      json.field("up", program.isUp)
      json.key("ready")
      if let isReady = program.isReady { json.bool(isReady) } else { json.null() }
      json.field("version", program.version)
      json.field("started_at", program.startedAt)
    }
  }
}
