// `echochatctl report …`: messages that members have reported.
import Chat
import Domain
import Wire

enum ReportCommands {
  static let all: [Command] = [
    Command("report list", options: [.json], text: "Prints the open reports of all rooms: room, message, by whom, when, why.", run: list),
    Command("report resolve", "ROOM", "SEQ", text: "Settles all reports of a message.") { arguments in
      let seq = try arguments.number(operand: "SEQ")
      try RoomCommands.withRoom(arguments) { try $0.resolveReports(of: seq, in: $1, by: .atCommandLine) }
      Output.print("resolved\n")
    },
  ]

  private static func list(_ arguments: Arguments) throws {
    try DataDirectory.withChat { chat in
      try Output.list(
        asJSON: arguments.has("--json"), page: { try chat.reports(after: $0, limit: $1, for: .atCommandLine) }, cursor: { $0.number },
        json: { $0.administeredReport($1) },
        row: { [$0.roomID.text, "\($0.seq)", $0.reporter.username, Output.text($0.createdAt), $0.reason] })
    }
  }
}
