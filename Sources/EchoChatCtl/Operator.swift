// Who runs the command, for the audit.
import Domain
import Posix

enum Operator {
  /// Read first by `Command.run`: before root is given up.
  static let actor = AuditActor.commandLine(Process.starter())
}
