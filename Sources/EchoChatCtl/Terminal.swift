// What commands ask the operator for.
import Glibc

enum Terminal {
  /// Throws unless the operator agrees: a line from standard input that begins with y.
  static func confirm(_ question: String) throws {
    prompt("\(Output.field(question)) [y/N] ")
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else { throw Failure("nothing was done") }
  }

  /// A new password, asked for twice and not shown. Throws if standard input is no terminal.
  static func newPassword() throws -> String {
    guard isatty(STDIN_FILENO) == 1 else {
      throw Failure("standard input is no terminal: --stdin reads the password from it", status: Failure.wrongUsage)
    }
    let password = try hidden("New password: ")
    guard try hidden("The same again: ") == password else { throw Failure("the two are not the same; nothing was done") }
    return try checked(password)
  }

  /// The first line of standard input.
  static func passwordFromInput() throws -> String {
    guard let password = readLine() else { throw Failure("there is no password on standard input") }
    return try checked(password)
  }

  /// Throws for what was no UTF-8: it was read as another password, which nobody could enter.
  private static func checked(_ password: String) throws -> String {
    guard !password.unicodeScalars.contains("\u{fffd}") else { throw Failure("the password is not UTF-8 text; nothing was done") }
    return password
  }

  /// A line that the terminal does not show. Ctrl-C is read like any character, so that it cannot leave the terminal that way.
  private static func hidden(_ question: String) throws -> String {
    var usual = termios()
    guard tcgetattr(STDIN_FILENO, &usual) == 0 else { throw Failure("cannot use the terminal") }
    var silent = usual
    silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
    guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { throw Failure("cannot use the terminal") }
    prompt(question)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual)
      prompt("\n")
    }
    guard let line = readLine(), !line.unicodeScalars.contains("\u{3}") else { throw Failure("nothing was done") }
    return line
  }

  private static func prompt(_ text: String) {
    Array(text.utf8).withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
