// `echochatctl user password`: sets a user's password.
import Chat

enum UserPasswordCommand {
  static let command = Command(
    "user password", "NAME", options: [.init("--stdin", "Reads it from standard input instead of asking.")],
    text: "Sets a user's password and ends all of their sessions."
  ) { arguments in
    try UserCommands.withUser(arguments) { chat, user in
      // Before asking: a name that is wrong need not be told a password.
      _ = try chat.account(user, for: .atCommandLine)
      let password = try arguments.has("--stdin") ? Terminal.passwordFromInput() : Terminal.newPassword()
      try chat.setPassword(password, of: user, by: .atCommandLine)
      Output.print("the password is set; all sessions have ended\n")
    }
  }
}
