// `echochatctl audit`: who did what.
import Chat
import Configuration
import Domain
import Posix
import Wire

enum AuditCommands {
  /// Entries that are printed unless the operator says how many.
  private static let limitUsual: Int64 = 100

  /// What the operator asks for.
  private struct Query {
    var user: String?
    var since: Timestamp?
    var action: AuditAction?
    var limit = limitUsual
    var isJSON = false

    init(_ arguments: [String]) throws {
      var rest = arguments[...]
      while let option = rest.popFirst() {
        if option == "--json" {
          isJSON = true
          continue
        }
        guard let value = rest.popFirst() else { throw Failure.usage }
        try read(option, value)
      }
    }

    private mutating func read(_ option: String, _ value: String) throws {
      switch option {
      case "--user":
        user = value
      case "--since":
        guard let time = AuditCommands.time(value) else {
          throw Failure("--since \(value): wanted a duration such as 12h or 7d, or a time of RFC 3339", status: 64)
        }
        since = time
      case "--action":
        guard let known = AuditAction(rawValue: value) else {
          let names = AuditAction.allCases.map(\.rawValue).joined(separator: ", ")
          throw Failure("--action \(value): wanted one of \(names)", status: 64)
        }
        action = known
      case "--limit":
        guard let count = Int64(value), (1...Chat.auditEntriesMax).contains(count) else {
          throw Failure("--limit \(value): wanted a whole number from 1 to \(Chat.auditEntriesMax)", status: 64)
        }
        limit = count
      default:
        throw Failure.usage
      }
    }
  }

  static func run(_ arguments: [String]) throws {
    let query = try Query(arguments)
    try DataDirectory.withChat { chat in
      let entries = try chat.auditEntries(about: query.user, since: query.since, action: query.action, limit: query.limit)
      if query.isJSON {
        Command.print(String(decoding: JSONWriter.auditEntries(entries), as: UTF8.self) + "\n")
      } else {
        for entry in entries { Command.print(line(entry)) }
      }
    }
  }

  /// A duration before now, or a time.
  private static func time(_ text: String) -> Timestamp? {
    if let time = Timestamp(anyRFC3339: text) { return time }
    guard let seconds = Settings.seconds(text), (0...Int64(Int32.max)).contains(seconds) else { return nil }
    return Timestamp(milliseconds: Clock.wallMilliseconds() - seconds * 1000)
  }

  /// Time, action, who did it, to whom, where, from which address, how often, and the detail, with tabs between them.
  private static func line(_ entry: AuditEntry) -> String {
    let actor =
      switch entry.actor {
      case .user(let username): username
      case .commandLine(let name): "command line (\(name))"
      case .service: "service"
      case .nobody: "nobody"
      }
    let place = entry.room.map { room in room.text + (entry.seq.map { "/\($0)" } ?? "") }
    let columns = [
      String(decoding: entry.at.rfc3339, as: UTF8.self), entry.action, actor, entry.user ?? "-", place ?? "-", entry.address ?? "-",
      "\(entry.count)", entry.detail,
    ]
    return columns.joined(separator: "\t") + "\n"
  }
}
