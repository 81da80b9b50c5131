// One of the programs under supervision: started, and started again when it dies.
import Glibc
import Posix

final class Program {
  /// Which has lived less long has died at once: after the second such death in a row the next start waits, longer each time.
  static let quickDeathMilliseconds: Int64 = 1000
  static let firstPauseMilliseconds: Int64 = 100
  static let longestPauseMilliseconds: Int64 = 2000

  let name: String
  private(set) var launch: Launch
  private let pidFile: String
  private(set) var pid: pid_t?
  private(set) var deaths = 0
  private(set) var lastEnding: Ending?
  /// When to start it (again); nil while it runs or is not wanted.
  private(set) var startAt: Int64? = 0
  /// It has been asked to end, to be started again.
  private var isBeingRenewed = false
  private var isWanted = true
  private var startedAt: Int64 = 0
  private var quickDeaths = 0

  init(_ name: String, runDirectory: String, launch: Launch) {
    self.name = name
    self.launch = launch
    pidFile = "\(runDirectory)/\(name).pid"
  }

  var isRunning: Bool { pid != nil }

  func start(at now: Int64) {
    startedAt = now
    isBeingRenewed = false
    do {
      let pid = try launch.start()
      self.pid = pid
      startAt = nil
      try TextFile.write("\(pid)\n", to: pidFile)
    } catch {
      Log.error("\(name): \(error)")
      if !isRunning { planNextStart(at: now) }
    }
  }

  func signal(_ number: Int32) {
    if let pid { kill(pid, number) }
  }

  /// Asks it to end, to be started again at once afterwards.
  func renew() {
    guard isRunning else { return }
    isBeingRenewed = true
    signal(SIGTERM)
  }

  /// Lets its process go on alone, and has the next one started beside it, on another socket.
  func replace(input: Int32) -> pid_t? {
    defer { pid = nil }
    launch.input = input
    startAt = 0
    return pid
  }

  /// No more starts.
  func retire() {
    isWanted = false
    startAt = nil
  }

  func killGroup() {
    if let pid { kill(-pid, SIGKILL) }
  }

  /// Takes note that its process has ended, and plans the next start.
  func ended(_ ending: Ending, at now: Int64) {
    guard let pid else { return }
    // nginx's workers outlive a master that is killed, and would answer beside those of the next one.
    killGroup()
    self.pid = nil
    unlink(pidFile)
    lastEnding = ending
    guard isWanted else { return }
    if isBeingRenewed {
      startAt = now
      Log.info("\(name) (process \(pid)) has ended as asked; starting it again")
    } else {
      planNextStart(at: now)
      Log.warning("\(name) (process \(pid)) \(ending); starting it again\(startAt == now ? "" : " after a pause")")
    }
  }

  private func planNextStart(at now: Int64) {
    deaths += 1
    quickDeaths = now - startedAt < Self.quickDeathMilliseconds ? quickDeaths + 1 : 0
    let pause = quickDeaths < 2 ? 0 : Self.firstPauseMilliseconds << Int64(min(quickDeaths, 10) - 2)
    startAt = now + min(pause, Self.longestPauseMilliseconds)
  }
}

/// How a process ended, from the status that waitpid(2) gives.
enum Ending: Equatable, CustomStringConvertible {
  case exited(Int32)
  case killed(signal: Int32)

  init(status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
  }

  var description: String {
    switch self {
    case .exited(let code): "has exited with status \(code)"
    case .killed(let signal): "was killed by signal \(signal)"
    }
  }
}
