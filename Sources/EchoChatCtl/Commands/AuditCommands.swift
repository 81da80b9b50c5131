// `echochatctl audit`: who did what.
import Chat
import Configuration
import Domain
import Posix
import Wire

enum AuditCommands {
  /// Entries that are printed unless the operator says how many.
  private static let limitUsual: Int64 = 100

  static let command = Command(
    "audit",
    options: [
      .init("--user", value: "NAME", "What this user did, or what was done to them."),
      .init("--since", value: "7d|TIME", "From then on: a duration such as 12h or 7d, or a time of RFC 3339."),
      .init("--action", value: "ACTION", "This action alone: \(AuditAction.allCases.map(\.rawValue).joined(separator: ", "))."),
      .init("--limit", value: "N", "So many at most, the newest; \(limitUsual)."), .json,
    ],
    text: """
      Prints who did what, the newest last: sign-ins, changes of passwords and roles, suspensions, deletions, operators' acts. Time, action, \
      who did it, to whom, in which room, from which address, how often, details.
      """,
    run: run)

  private static func run(_ arguments: Arguments) throws {
    let since = try arguments.value("--since").map { text in
      guard let time = time(text) else {
        throw Failure("--since \(text): wanted a duration such as 12h or 7d, or a time of RFC 3339", status: Failure.wrongUsage)
      }
      return time
    }
    let action = try arguments.value("--action").map { text in
      guard let action = AuditAction(rawValue: text) else {
        let names = AuditAction.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure("--action \(text): wanted one of \(names)", status: Failure.wrongUsage)
      }
      return action
    }
    let limit = try arguments.number(option: "--limit") ?? limitUsual
    guard limit <= Chat.auditEntriesMax else {
      throw Failure("--limit \(limit): wanted a whole number from 1 to \(Chat.auditEntriesMax)", status: Failure.wrongUsage)
    }
    try DataDirectory.withChat { chat in
      let entries = try chat.auditEntries(about: arguments.value("--user"), since: since, action: action, limit: limit)
      if arguments.has("--json") {
        Output.printJSON(entries) { $0.auditEntry($1) }
      } else {
        for entry in entries { Output.row(row(entry)) }
      }
    }
  }

  /// A duration before now, or a time.
  private static func time(_ text: String) -> Timestamp? {
    if let time = Timestamp(anyRFC3339: text) { return time }
    guard let seconds = Settings.seconds(text), (0...Int64(Int32.max)).contains(seconds) else { return nil }
    return Timestamp(milliseconds: Clock.wallMilliseconds() - seconds * 1000)
  }

  /// Time, action, who did it, to whom, where, from which address, how often, and the detail.
  private static func row(_ entry: AuditEntry) -> [String] {
    let actor =
      switch entry.actor {
      case .user(let username): username
      case .commandLine(let name): "command line (\(name))"
      case .service: "service"
      case .nobody: "nobody"
      }
    let place = entry.room.map { room in room.text + (entry.seq.map { "/\($0)" } ?? "") }
    return [
      Output.text(entry.at), entry.action, actor, entry.user ?? "-", place ?? "-", entry.address ?? "-", "\(entry.count)", entry.detail,
    ]
  }
}
