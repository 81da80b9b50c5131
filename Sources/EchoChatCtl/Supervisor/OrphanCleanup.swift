// Programs that a killed supervisor left behind on this data directory.
import Glibc
import Posix

/// Rare: children are told of their supervisor's death by the kernel. One that was stopped or stuck at that moment is still there.
enum OrphanCleanup {
  static let endMilliseconds: Int64 = 5000

  /// Ends what the pid file of `name` tells of, if that process still is our program on our data directory; call with the lock held.
  static func end(_ name: String, program: String, settings: Settings) {
    let pidFile = "\(settings.runDirectory)/\(name).pid"
    guard let word = TextFile.lastLine(of: pidFile), let pid = pid_t(word), pid > 1 else { return }
    unlink(pidFile)
    guard isOurs(pid, program, settings.data) else { return }
    Log.warning("\(name) (process \(pid)) was left behind by a supervisor that was killed; ending it")
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

  /// Its executable has the name, and its arguments or its environment name the data directory: the number may long be another's.
  private static func isOurs(_ pid: pid_t, _ program: String, _ data: String) -> Bool {
    guard let executable = try? ServeOptions.linkTarget("/proc/\(pid)/exe"),
      executable.replacing(" (deleted)", with: "").hasSuffix("/" + program)
    else { return false }
    return ["cmdline", "environ"].contains { file in
      (try? TextFile.read("/proc/\(pid)/\(file)"))?.contains(data) ?? false
    }
  }
}
