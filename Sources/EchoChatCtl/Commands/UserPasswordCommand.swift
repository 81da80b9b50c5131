// `echochatctl user password`: sets a user's password, or makes a link with which they set it.
import Chat
import Configuration
import Domain

enum UserPasswordCommand {
  static let command = Command(
    "user password", "NAME",
    options: [
      .init("--stdin", "Reads it from standard input instead of asking."),
      .init("--link", "Prints a URL instead, with which the user sets it, once within 24 hours."),
    ],
    text: "Sets a user's password and ends all of their sessions."
  ) { arguments in
    guard !arguments.has("--stdin") || !arguments.has("--link") else { throw arguments.command.usage }
    try UserCommands.withUser(arguments) { chat, user in
      guard !arguments.has("--link") else {
        Output.print("\(try chat.makePasswordLink(for: user, by: .atCommandLine).url)\n")
        if chat.settings.publicURL == nil { Output.note("the link works on this machine alone: ECHOCHAT_PUBLIC_URL is not set") }
        return
      }
      // Before asking: a name that is wrong need not be told a password.
      _ = try chat.account(user, for: .atCommandLine)
      let password = try arguments.has("--stdin") ? Terminal.passwordFromInput() : Terminal.newPassword()
      try chat.setPassword(password, of: user, by: .atCommandLine)
      Output.print("the password is set; all sessions have ended\n")
    }
  }
}
