// Who runs the command.
import Chat
import Posix

extension Operator {
  /// Read first by `Command.run`: before root is given up.
  static let atCommandLine = Operator.commandLine(Process.starter())
}
