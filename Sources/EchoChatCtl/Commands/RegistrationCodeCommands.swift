// `echochatctl user code`: codes that let people register where ECHOCHAT_REGISTRATION is invite.
import Chat
import Configuration
import Domain
import Wire

enum RegistrationCodeCommands {
  static let all: [Command] = [
    Command(
      "user code",
      options: [
        .init("--uses", value: "N", "How many people it lets in, up to 10000; 1."),
        .init("--expires", value: "TIME", "For how long, such as 12h; 7d."),
        .json,
      ],
      text: "Makes a registration code, which lets people in while ECHOCHAT_REGISTRATION is invite.", run: make),
    Command("user code list", options: [.json], text: "Prints the registration codes that can still be used.", run: list),
    Command("user code revoke", "CODE", text: "Takes a registration code back.") { arguments in
      try DataDirectory.withChat { try $0.revokeRegistrationCode(arguments["CODE"], by: .atCommandLine) }
      Output.print("revoked\n")
    },
  ]

  private static func make(_ arguments: Arguments) throws {
    let uses = try arguments.number(option: "--uses")
    let seconds = try arguments.value("--expires").map { text in
      guard let seconds = Settings.seconds(text) else { throw arguments.command.usage }
      return seconds
    }
    try DataDirectory.withChat { chat in
      let code = try chat.makeRegistrationCode(uses: uses, expiresInSeconds: seconds, by: .atCommandLine).code
      if arguments.has("--json") { Output.printJSON { $0.registrationCode(code) } } else { Output.print("\(code.code.text)\n") }
      if chat.settings.registration != .invite { Output.note("no code is needed: ECHOCHAT_REGISTRATION is \(chat.settings.registration)") }
    }
  }

  private static func list(_ arguments: Arguments) throws {
    try DataDirectory.withChat { chat in
      try Output.list(
        asJSON: arguments.has("--json"), page: { try chat.registrationCodes(after: $0, limit: $1, for: .atCommandLine) },
        cursor: { $0.number }, json: { $0.registrationCode($1) },
        row: { [$0.code.text, "\($0.usesLeft) left", "until \(Output.text($0.expiresAt))"] })
    }
  }
}
