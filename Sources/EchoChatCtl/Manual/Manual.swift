// The manual page and the completion of echochatctl, made from the table of commands.

/// Printed for `make man`, by words that the help does not list.
enum Manual {
  /// What the words ask for; nil if they ask for something else.
  static func text(for words: [String], of commands: [Command]) -> String? {
    switch words {
    case ["manual"]: page(of: commands)
    case ["completion"]: Completion.script(of: commands)
    default: nil
    }
  }

  /// echochatctl(8) as scdoc(5) reads it.
  private static func page(of commands: [Command]) -> String {
    var text = """
      echochatctl(8)

      # NAME

      echochatctl - operate an EchoChat server

      # SYNOPSIS

      *echochatctl* _COMMAND_ [_OPERAND_...] [_OPTION_...]

      # DESCRIPTION

      Accounts, rooms, messages and the database of an EchoChat server, whether it runs or not. Live connections hear at once of what
      changes. Run by root, every command becomes the owner of the data directory first.

      # COMMANDS


      """
    for command in commands {
      text += "*\(escaped(command.name.joined(separator: " ")))*"
      for operand in command.operands { text += " \(escaped(operand))" }
      for option in command.options { text += " [\(escaped(option.synopsis))]" }
      text += "\n\t\(escaped(command.text))\n"
      for option in command.options { text += "\n\t*\(escaped(option.synopsis))*: \(escaped(option.text))\n" }
      text += "\n"
    }
    return text + """
      # EXIT STATUS

      0 done, 1 failed or not found, 64 wrong usage, 78 invalid setting.

      # FILES

      _/etc/echochat/echochat.conf_
      	The settings, unless *ECHOCHAT\\_CONFIG* names another file: *echochat.conf*(5).

      # SEE ALSO

      *echochat.conf*(5), *echochat-rest*(8), *echochat-push*(8), *echochat-outbound*(8)

      """
  }

  /// With what scdoc would read as bold, underlined or an escape.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if "\\_*".contains(character) { result.append("\\") }
      result.append(character)
    }
  }
}
