// Who started this process: a name for the audit.
import Glibc

extension Process {
  /// The name of the user who started this process, or their number if no account has it. Of one started through sudo or su, the user who
  /// logged in. Ask before root is given up.
  public static func starter() -> String {
    // The kernel keeps the login through sudo and su; -1 where nobody logged in, as in a container.
    let login = (try? TextFile.read("/proc/self/loginuid")).flatMap { uid_t($0.split(separator: "\n").first ?? "") }
    if let login, login != .max {
      return name(of: login)
    }
    // Anybody may set the variable; root alone is believed.
    if getuid() == 0, let login = getenv("SUDO_UID").flatMap({ uid_t(String(cString: $0)) }) { return name(of: login) }
    return name(of: getuid())
  }

  private static func name(of user: uid_t) -> String {
    getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "\(user)"
  }
}
