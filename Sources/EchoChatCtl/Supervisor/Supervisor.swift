// Starts, restarts and stops nginx, the REST worker, the push daemon and the outbound program.
import Configuration
import Glibc
import Posix

/// Runs on one thread, which sleeps until a signal arrives or something is due.
final class Supervisor {
  static let readyMilliseconds: Int64 = 30_000
  /// Exits of one program before everything was ready, after which `run` gives up.
  static let exitsBeforeReadyMax = 3
  /// How long nginx may finish requests before it must drop them, and how long any program may take before it is killed.
  static let gracefulMilliseconds: Int64 = 8_000
  static let stopMilliseconds: Int64 = 10_000
  /// After a restart, the time in which old nginx workers close the connections that they kept to the old REST worker.
  static let handoverMilliseconds: Int64 = 1_000

  /// Between two looks at the sockets and at the sizes of the logs.
  static let tickMilliseconds: Int64 = 250

  private let settings: Settings
  private let configuration: NginxConfiguration
  private let listeners: ListeningSockets
  private let logs: LogFiles
  private let rest: ManagedProcess
  private let push: ManagedProcess
  private let nginx: ManagedProcess
  /// Nil: mail is off.
  private let outbound: ManagedProcess?
  /// REST workers that were replaced and finish their requests.
  private var leaving: Set<pid_t> = []
  /// Signals to be sent at their time, if the process still runs.
  private var planned: [(at: Int64, pid: pid_t, signal: Int32)] = []
  private var programs: [ManagedProcess] { [push, rest, nginx] + (outbound.map { [$0] } ?? []) }

  init(
    settings: Settings, configuration: NginxConfiguration, listeners: ListeningSockets, rest: LaunchSpec, push: LaunchSpec,
    outbound: LaunchSpec?, nginx: LaunchSpec
  ) {
    self.settings = settings
    self.configuration = configuration
    self.listeners = listeners
    logs = LogFiles(settings)
    func program(_ name: String, _ launch: LaunchSpec, _ question: Watchdog.Question) -> ManagedProcess {
      let watchdog = settings.watchdogSeconds.map { Watchdog(question, seconds: $0) }
      return ManagedProcess(name, runDirectory: settings.runDirectory, launch: launch, watchdog: watchdog)
    }
    self.rest = program("rest", rest, .fastCGI("/healthz", at: .unix(path: settings.restSocketPath)))
    self.push = program("push", push, .http("/ws/healthz", at: .unix(path: settings.pushSocketPath)))
    self.outbound = outbound.map { program("outbound", $0, .http("/healthz", at: .unix(path: settings.outboundSocketPath))) }
    self.nginx = program("nginx", nginx, .http("/echochat-alive", at: listeners.http.local))
  }

  /// Returns when it was asked to stop and every program has stopped. Throws if they did not become ready.
  func run() throws {
    defer { stop() }
    try configuration.render()
    guard try waitUntilReady() else { return }
    Output.print("EchoChat is ready at http://\(listeners.http.local)/\n")
    while !runOnce(milliseconds: Self.tickMilliseconds) {
      restoreSockets()
      if logs.rotate() { reopenLogs() }
    }
  }

  /// False if it was asked to stop first.
  private func waitUntilReady() throws -> Bool {
    let deadline = Clock.bootMilliseconds() + Self.readyMilliseconds
    let place = settings.logsToFiles ? "; the logs are in \(settings.logDirectory)" : ""
    var last = "no answer"
    while true {
      // The socket is open already: a probe waits there until nginx takes it.
      let probe = try HealthProbe("/readyz", at: listeners.http.local)
      var status: Int?
      repeat {
        if runOnce(milliseconds: 0) { return false }
        try checkStart()
        if Clock.bootMilliseconds() > deadline {
          throw Failure("not ready within \(Self.readyMilliseconds / 1000) s (/readyz: \(last))\(place)")
        }
        status = probe.status(withinMilliseconds: 20)
      } while status == nil
      if status == 200 { return true }
      last = status.map { "status \($0)" } ?? last
      if runOnce(milliseconds: 20) { return false }
    }
  }

  private func checkStart() throws {
    for program in programs where program.exits >= Self.exitsBeforeReadyMax || program.lastExit == .exited(Failure.invalidSetting) {
      let status = program.lastExit.map { "\($0)" } ?? "could not be started"
      let last = program.launch.log.map { "; \($0) ends with: \(TextFile.lastLine(of: $0) ?? "nothing")" } ?? ""
      throw Failure(
        "\(program.name) \(status) before everything was ready\(last)",
        status: program.lastExit == .exited(Failure.invalidSetting) ? Failure.invalidSetting : 1)
    }
  }

  // MARK: One iteration

  /// Waits for a signal for at most `milliseconds`, then handles exits, due signals and due starts. Returns whether to stop.
  private func runOnce(milliseconds: Int64) -> Bool {
    var wait = milliseconds
    let now = Clock.bootMilliseconds()
    let moments = programs.compactMap(\.nextMoment) + planned.map(\.at)
    for moment in moments { wait = min(wait, max(0, moment - now)) }
    switch Signals.wait(milliseconds: Int(wait)) {
    case SIGTERM, SIGINT: return true
    // A terminal that closes sends the same signal.
    case SIGHUP where isatty(STDIN_FILENO) != 0: return true
    case SIGHUP: restartAll()
    case SIGUSR1: reopenLogs()
    default: break
    }
    reap()
    sendDueSignals()
    for program in programs {
      program.killIfHung(at: Clock.bootMilliseconds())
      if let moment = program.startAt, moment <= Clock.bootMilliseconds() { program.start(at: Clock.bootMilliseconds()) }
    }
    return false
  }

  /// Collects exited children. As PID 1 of a container it also reaps orphans.
  private func reap() {
    while true {
      var status: Int32 = 0
      let pid = waitpid(-1, &status, WNOHANG)
      guard pid > 0 else { return }
      leaving.remove(pid)
      planned.removeAll { $0.pid == pid }
      programs.first { $0.pid == pid }?.exited(ExitStatus(status: status), at: Clock.bootMilliseconds())
    }
  }

  private func sendDueSignals() {
    let now = Clock.bootMilliseconds()
    for entry in planned where entry.at <= now { kill(entry.pid, entry.signal) }
    planned.removeAll { $0.at <= now }
  }

  /// Has every program open its log anew.
  private func reopenLogs() {
    for program in programs { program.signal(SIGUSR1) }
    for pid in leaving { kill(pid, SIGUSR1) }
  }

  // MARK: Restart

  /// Restarts all programs, which may have been replaced on disk. No connection attempt is lost, and no request fails.
  private func restartAll() {
    Log.info("restarting all programs")
    do {
      try configuration.render()
      // If no worker runs at the moment, connections waiting at the present socket wait for the next one.
      if rest.isRunning { try listeners.replaceRest() }
    } catch {
      return Log.error("\(error); nothing is restarted")
    }
    let now = Clock.bootMilliseconds()
    replaceRest(at: now)
    nginx.signal(SIGHUP)
    restartAlone(push, at: now)
    if let outbound { restartAlone(outbound, at: now) }
  }

  /// Two REST workers serve side by side. A worker that stops closes the connections that nginx keeps, perhaps just when nginx sends a
  /// request on one: so first nginx changes to connections to the new worker, then the old one is stopped.
  private func replaceRest(at now: Int64) {
    guard let old = rest.replace() else { return }
    leaving.insert(old)
    planned.append((now + Self.handoverMilliseconds, old, SIGTERM))
    planned.append((now + Self.handoverMilliseconds + Self.stopMilliseconds, old, SIGKILL))
  }

  /// Only one daemon may run at a time: there is one doorbell and one presence tracker. Connection attempts wait meanwhile. Nor may two
  /// programs send the same mails.
  private func restartAlone(_ program: ManagedProcess, at now: Int64) {
    if let pid = program.pid { planned.append((now + Self.stopMilliseconds, pid, SIGKILL)) }
    program.restart()
  }

  /// Sockets whose files were deleted come back. If that takes new sockets, the programs that listen on the old ones are replaced.
  private func restoreSockets() {
    let now = Clock.bootMilliseconds()
    if listeners.restore(listeners.rest), rest.isRunning { replaceRest(at: now) }
    if listeners.restore(listeners.push) { restartAlone(push, at: now) }
  }

  // MARK: Stopping

  /// Stops nginx and the daemon first, so that requests in progress still find the REST worker.
  private func stop() {
    listeners.http.close()
    for program in programs { program.retire() }
    nginx.signal(SIGQUIT)
    push.signal(SIGTERM)
    outbound?.signal(SIGTERM)
    let start = Clock.bootMilliseconds()
    if !waitForExit(of: [nginx], until: start + Self.gracefulMilliseconds) {
      nginx.signal(SIGTERM)
      _ = waitForExit(of: [nginx], until: start + Self.stopMilliseconds)
    }
    rest.signal(SIGTERM)
    for pid in leaving { kill(pid, SIGTERM) }
    if !waitForExit(of: programs, until: Clock.bootMilliseconds() + Self.stopMilliseconds) {
      for program in programs where program.isRunning {
        Log.warning("\(program.name) did not stop in time; killing it")
        program.killGroup()
      }
      for pid in leaving { kill(pid, SIGKILL) }
      _ = waitForExit(of: programs, until: Clock.bootMilliseconds() + 1000)
    }
  }

  private func waitForExit(of awaited: [ManagedProcess], until deadline: Int64) -> Bool {
    while true {
      reap()
      if !awaited.contains(where: \.isRunning) && (awaited.count < programs.count || leaving.isEmpty) { return true }
      let left = deadline - Clock.bootMilliseconds()
      if left <= 0 { return false }
      _ = Signals.wait(milliseconds: Int(left))
    }
  }
}
