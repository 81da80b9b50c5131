// Ends programs that a killed supervisor left running on this data directory.
import Configuration
import Glibc
import Posix

/// Rarely needed, since the kernel signals children when their supervisor dies. A child that was stopped or stuck at that moment survives.
enum OrphanCleanup {
  static let endMilliseconds: Int64 = 5000

  /// Ends the process in the pid file of `name`, if it still is our program on our data directory. Call with the instance lock held.
  static func end(_ name: String, program: String, settings: Settings) {
    let pidFile = "\(settings.runDirectory)/\(name).pid"
    guard let text = TextFile.lastLine(of: pidFile), let pid = pid_t(text), pid > 1 else { return }
    unlink(pidFile)
    guard isOurs(pid, program, settings.data) else { return }
    Log.warning("\(name) (process \(pid)) outlived its supervisor; ending it")
    kill(pid, SIGTERM)
    kill(pid, SIGCONT)
    let deadline = Clock.bootMilliseconds() + endMilliseconds
    while isOurs(pid, program, settings.data) {
      if Clock.bootMilliseconds() > deadline {
        kill(-pid, SIGKILL)
        return
      }
      usleep(20_000)
    }
  }

  /// Whether its executable has the name, and its arguments or environment name the data directory: the pid may have been reused. Of a
  /// program that is protected (`Process.protect`), only root may read these: then the name that everybody may read has to do.
  private static func isOurs(_ pid: pid_t, _ program: String, _ data: String) -> Bool {
    guard let executable = try? ShippedNginx.linkTarget("/proc/\(pid)/exe") else {
      return (try? TextFile.read("/proc/\(pid)/comm")) == program.prefix(15) + "\n"
    }
    guard executable.replacing(" (deleted)", with: "").hasSuffix("/" + program) else { return false }
    return ["cmdline", "environ"].contains { file in
      (try? TextFile.read("/proc/\(pid)/\(file)"))?.contains(data) ?? false
    }
  }
}
