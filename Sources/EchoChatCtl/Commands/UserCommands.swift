// `echochatctl user …`: accounts.
import Chat
import Domain
import Wire

enum UserCommands {
  static let all: [Command] =
    [
      Command("user list", options: [.json], text: "Prints all accounts: name, id, when it was made, what it is.", run: list),
      Command("user show", "NAME", options: [.json], text: "Prints one account.", run: show),
      Command(
        "user make", "NAME",
        options: [
          .init("--email", value: "ADDRESS", "Its e-mail address."), .init("--operator", "Makes the user an operator, too."),
        ],
        text:
          "Makes an account, also of a reserved name. It has no password: `user password` sets one, or makes a link with which the user does.",
        run: make),
      UserPasswordCommand.command,
      Command("user rename", "NAME", "NEW", text: "Gives a user another name, also a reserved one.", run: rename),
      Command("user delete", "NAME", options: [.yes], text: "Deletes an account and the personal data; messages stay.", run: delete),
      Command("user suspend", "NAME", text: "Suspends an account: revokes its sessions and closes its connections.") { arguments in
        try withUser(arguments) { Output.print(try $0.suspend($1, by: .atCommandLine) ? "suspended\n" : "was suspended already\n") }
      },
      Command("user unsuspend", "NAME", text: "Allows the user to sign in again.") { arguments in
        try withUser(arguments) { Output.print(try $0.unsuspend($1, by: .atCommandLine) ? "may sign in again\n" : "was not suspended\n") }
      },
      Command(
        "user operator", "NAME", options: [.init("--off", "No longer.")],
        text: "Makes a user an operator, who may do over REST what these commands do.", run: setOperator),
      UserSessionsCommand.command,
      ImportCommand.command,
    ] + RegistrationCodeCommands.all

  /// Runs `body` with the chat and the account that `NAME` names.
  static func withUser(_ arguments: Arguments, _ body: (Chat, AccountReference) throws -> Void) throws {
    try DataDirectory.withChat { try body($0, .username(arguments["NAME"])) }
  }

  private static func list(_ arguments: Arguments) throws {
    try DataDirectory.withChat { chat in
      try Output.list(
        asJSON: arguments.has("--json"), page: { try chat.accounts(after: $0, limit: $1, for: .atCommandLine) },
        cursor: { $0.user.rowID.value }, json: { $0.account($1) }, row: row)
    }
  }

  private static func row(_ account: Account) -> [String] {
    let marks = [(account.suspendedAt != nil, "suspended"), (account.isOperator, "operator"), (account.isSystem, "system")]
    let fields = [account.user.username, account.user.id.text, Output.text(account.user.createdAt)]
    return fields + marks.filter(\.0).map(\.1)
  }

  private static func show(_ arguments: Arguments) throws {
    try withUser(arguments) { chat, user in
      let account = try chat.account(user, for: .atCommandLine)
      if arguments.has("--json") { Output.printJSON { $0.account(account) } } else { Output.details(details(account)) }
    }
  }

  private static func details(_ account: Account) -> [(name: String, value: String)] {
    [
      ("username", account.user.username), ("user_id", account.user.id.text), ("display name", account.user.displayName),
      ("e-mail", account.email ?? "-"), ("since", Output.text(account.user.createdAt)),
      ("suspended", account.suspendedAt.map(Output.text) ?? "no"), ("operator", account.isOperator ? "yes" : "no"),
      ("sessions", "\(account.sessions)"), ("rooms", "\(account.rooms)"),
    ]
  }

  private static func make(_ arguments: Arguments) throws {
    try DataDirectory.withChat { chat in
      let account = try chat.makeAccount(
        username: arguments["NAME"], email: arguments.value("--email"), isOperator: arguments.has("--operator"), by: .atCommandLine
      ).account
      Output.row([account.user.username, account.user.id.text])
    }
  }

  private static func rename(_ arguments: Arguments) throws {
    try withUser(arguments) { chat, user in
      Output.print("is now \(try chat.rename(user, to: arguments["NEW"], by: .atCommandLine).user.username)\n")
    }
  }

  private static func delete(_ arguments: Arguments) throws {
    try withUser(arguments) { chat, user in
      let name = try chat.account(user, for: .atCommandLine).user.username
      if !arguments.has("--yes") { try Terminal.confirm("Delete the account of \(name)? This cannot be undone.") }
      try chat.deleteAccount(user, by: .atCommandLine)
      Output.print("deleted\n")
    }
  }

  private static func setOperator(_ arguments: Arguments) throws {
    try withUser(arguments) { chat, user in
      let isOn = !arguments.has("--off")
      let isChanged = try chat.setOperator(isOn, user, by: .atCommandLine)
      Output.print(isOn ? "is an operator\(isChanged ? "" : " already")\n" : isChanged ? "is no longer an operator\n" : "was no operator\n")
    }
  }
}
