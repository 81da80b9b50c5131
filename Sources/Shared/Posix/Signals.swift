// Signals that a thread waits for: to stop, and to open the log again.
public import Glibc

public enum Signals {
  /// Call in main before any thread is started: threads inherit the mask. Also ignores SIGPIPE: writing to a closed socket is an
  /// ordinary error (EPIPE) and must not end the program. SIGUSR2 asks other daemons for something that these do not have.
  public static func blockTermination() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGUSR2, SIG_IGN)
    var set = terminationSet
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// For commands, which have no log file to open anew: SIGUSR1 must not end them either.
  public static func ignoreReopening() {
    signal(SIGUSR1, SIG_IGN)
    signal(SIGUSR2, SIG_IGN)
  }

  /// Waits until SIGTERM, SIGINT, SIGHUP, SIGUSR1 or SIGCHLD arrives, or `milliseconds` have passed (nil).
  public static func wait(milliseconds: Int) -> Int32? {
    var set = terminationSet
    var limit = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    let number = sigtimedwait(&set, nil, &limit)
    return number > 0 ? number : nil
  }

  /// Blocks until the process is asked to stop. Opens the log again at SIGUSR1.
  public static func waitForTermination() {
    while true {
      switch wait(milliseconds: 3_600_000) {
      case SIGTERM, SIGINT: return
      case SIGUSR1: Log.reopen()
      default: break
      }
    }
  }

  /// The signals that `wait` waits for.
  public static var terminationSet: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD] { sigaddset(&set, number) }
    return set
  }
}
