// `echochatctl user sessions`: a user's signed-in devices.
import Chat
import Domain
import Wire

enum UserSessionsCommand {
  static let command = Command(
    "user sessions", "NAME", "[ID]", options: [.init("--end", "Ends the session of this id, or all of them."), .json],
    text: "Prints a user's sessions, the last used one first: id, when it was last seen and began, network, device."
  ) { arguments in
    guard arguments.has("--end") || arguments.optional("ID") == nil, !arguments.has("--end") || !arguments.has("--json") else {
      throw arguments.command.usage
    }
    try UserCommands.withUser(arguments) { chat, user in
      guard !arguments.has("--end") else {
        let count = try chat.endSessions(of: user, id: arguments.optional("ID"), by: .atCommandLine)
        return Output.print(count == 1 ? "1 session has ended\n" : "\(count) sessions have ended\n")
      }
      let sessions = try chat.sessions(of: user, for: .atCommandLine)
      if arguments.has("--json") {
        Output.printJSON(sessions) { $0.session($1, isCurrent: false) }
      } else {
        for session in sessions { Output.row(row(session)) }
      }
    }
  }

  /// The id, when the device was last seen and when it signed in, its network, and what to call it.
  private static func row(_ session: Session) -> [String] {
    [session.id.text, Output.text(session.seenAt), Output.text(session.createdAt), session.address ?? "-", session.readableName]
  }
}
