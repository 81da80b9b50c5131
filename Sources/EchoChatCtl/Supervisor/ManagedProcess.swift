// A program under supervision: started, and restarted when it exits.
import Glibc
import Posix
import SQL

final class ManagedProcess {
  /// An exit within this time is a quick exit: after the second in a row the next start waits, longer each time.
  static let quickExitMilliseconds: Int64 = 1000
  static let firstPauseMilliseconds: Int64 = 100
  static let longestPauseMilliseconds: Int64 = 2000
  /// A program that stops since the database is damaged reads the whole file at its next start: pauses from the first exit on, longer ones.
  static let firstDamagePauseMilliseconds: Int64 = 1000
  static let longestDamagePauseMilliseconds: Int64 = 60_000

  let name: String
  let launch: LaunchSpec
  private let pidFile: String
  private(set) var pid: pid_t?
  private(set) var exits = 0
  private(set) var lastExit: ExitStatus?
  /// When to start it next, on the boot clock; nil while it runs or after `retire`.
  private(set) var startAt: Int64? = 0
  /// Whether it was asked to exit so that it is started again.
  private var isRestarting = false
  private var isWanted = true
  private var startedAt: Int64 = 0
  private var quickExits = 0
  private let watchdog: Watchdog?

  init(_ name: String, runDirectory: String, launch: LaunchSpec, watchdog: Watchdog?) {
    self.name = name
    self.launch = launch
    self.watchdog = watchdog
    pidFile = "\(runDirectory)/\(name).pid"
  }

  var isRunning: Bool { pid != nil }

  /// When something is to be done next, on the boot clock: to start it, or to ask whether it is alive.
  var nextMoment: Int64? { startAt ?? (isRunning ? watchdog?.due : nil) }

  func start(at now: Int64) {
    startedAt = now
    isRestarting = false
    do {
      let pid = try launch.start()
      self.pid = pid
      startAt = nil
      watchdog?.restart(at: now)
      try TextFile.write("\(pid)\n", to: pidFile)
    } catch {
      Log.error("\(name): \(error)")
      if !isRunning { planNextStart(at: now) }
    }
  }

  func signal(_ number: Int32) {
    if let pid { kill(pid, number) }
  }

  /// Asks it to exit; it is started again at once afterwards.
  func restart() {
    guard isRunning else { return }
    isRestarting = true
    signal(SIGTERM)
  }

  /// Releases the running process, which is returned, and has the next one started beside it.
  func replace() -> pid_t? {
    defer { pid = nil }
    startAt = 0
    return pid
  }

  /// Starts it no more.
  func retire() {
    isWanted = false
    startAt = nil
  }

  func killGroup() {
    if let pid { kill(-pid, SIGKILL) }
  }

  /// Kills the process if it is hung; that it has exited is then noticed as ever.
  func killIfHung(at now: Int64) {
    guard let watchdog, let pid, now >= watchdog.due, watchdog.step(at: now, isStopped: Self.isStopped(pid)) else { return }
    Log.error("\(name) (process \(pid)) does not answer any more; killing it")
    killGroup()
    watchdog.restart(at: now)
  }

  /// Whether a signal has stopped it (SIGSTOP, or a terminal's); not a debugger.
  private static func isStopped(_ pid: pid_t) -> Bool {
    guard let text = try? TextFile.read("/proc/\(pid)/stat"), let name = text.lastIndex(of: ")") else { return false }
    return text[name...].dropFirst(2).first == "T"
  }

  /// Records that the process has exited and plans the next start.
  func exited(_ status: ExitStatus, at now: Int64) {
    guard let pid else { return }
    // nginx's workers outlive a master that is killed, and would serve beside those of the next one.
    killGroup()
    self.pid = nil
    unlink(pidFile)
    lastExit = status
    guard isWanted else { return }
    if isRestarting {
      startAt = now
      Log.info("\(name) (process \(pid)) exited as asked; restarting it")
    } else {
      planNextStart(at: now)
      Log.warning("\(name) (process \(pid)) \(status); restarting it\(startAt == now ? "" : " after a pause")")
    }
  }

  private func planNextStart(at now: Int64) {
    exits += 1
    guard lastExit != .exited(StoreFailurePolicy.exitStatus) else {
      quickExits += 1
      let pause = Self.firstDamagePauseMilliseconds << Int64(min(quickExits, 10) - 1)
      startAt = now + min(pause, Self.longestDamagePauseMilliseconds)
      return
    }
    quickExits = now - startedAt < Self.quickExitMilliseconds ? quickExits + 1 : 0
    let pause = quickExits < 2 ? 0 : Self.firstPauseMilliseconds << Int64(min(quickExits, 10) - 2)
    startAt = now + min(pause, Self.longestPauseMilliseconds)
  }
}
