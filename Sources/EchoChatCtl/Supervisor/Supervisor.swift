// Starts nginx, the REST worker and the push daemon, keeps them alive, renews and stops them.
import Glibc
import Posix

/// One thread, which sleeps until a signal comes or something is due.
final class Supervisor {
  static let readyMilliseconds: Int64 = 30_000
  /// A program that dies so often before everything was ready once will not get better by itself.
  static let deathsBeforeReadyMax = 3
  /// How long nginx may finish requests before it is told to drop them, and any program its work before it is killed.
  static let gentleMilliseconds: Int64 = 8_000
  static let stopMilliseconds: Int64 = 10_000
  /// By then the nginx workers of before a renewal have let go of the connections they kept to the old REST worker.
  static let handoverMilliseconds: Int64 = 1_000

  private let settings: Settings
  private let configuration: NginxConfiguration
  private let listeners: Listeners
  private let rest: Program
  private let push: Program
  private let nginx: Program
  /// REST workers that have been replaced and finish what they have.
  private var leaving: Set<pid_t> = []
  /// Signals to be sent at their time, if the process is still there.
  private var planned: [(at: Int64, pid: pid_t, signal: Int32)] = []
  private var programs: [Program] { [push, rest, nginx] }

  init(settings: Settings, configuration: NginxConfiguration, listeners: Listeners, rest: Launch, push: Launch, nginx: Launch) {
    self.settings = settings
    self.configuration = configuration
    self.listeners = listeners
    self.rest = Program("rest", runDirectory: settings.runDirectory, launch: rest)
    self.push = Program("push", runDirectory: settings.runDirectory, launch: push)
    self.nginx = Program("nginx", runDirectory: settings.runDirectory, launch: nginx)
  }

  /// Returns when it has been asked to stop and all has stopped. Throws if it never became ready.
  func run() throws {
    defer { stop() }
    try configuration.render()
    guard try waitUntilReady() else { return }
    Command.say("EchoChat is ready at http://127.0.0.1:\(settings.port)/\n")
    while !turn(milliseconds: 60_000) {}
  }

  /// Answers false if it has been asked to stop first.
  private func waitUntilReady() throws -> Bool {
    let deadline = Clock.bootMilliseconds() + Self.readyMilliseconds
    var last = "no answer"
    while true {
      // The socket is open already: a probe waits there until nginx takes it.
      let probe = try ReadyProbe(port: settings.port)
      var status: Int?
      repeat {
        if turn(milliseconds: 0) { return false }
        try checkStart()
        if Clock.bootMilliseconds() > deadline {
          throw Failure("not ready within \(Self.readyMilliseconds / 1000) s (/readyz: \(last)); the logs are in \(settings.logDirectory)")
        }
        status = probe.status(withinMilliseconds: 20)
      } while status == nil
      if status == 200 { return true }
      last = status.map { "status \($0)" } ?? last
      if turn(milliseconds: 20) { return false }
    }
  }

  private func checkStart() throws {
    for program in programs where program.deaths >= Self.deathsBeforeReadyMax || program.lastEnding == .exited(Failure.wrongSetting) {
      let ending = program.lastEnding.map { "\($0)" } ?? "could not be started"
      let log = program.launch.log
      throw Failure("\(program.name) \(ending) before everything was ready; \(log) ends with: \(TextFile.lastLine(of: log) ?? "nothing")")
    }
  }

  // MARK: One turn

  /// Waits for a signal, at most so long, and deals with what has happened and what is due. Answers whether to stop.
  private func turn(milliseconds: Int64) -> Bool {
    var wait = milliseconds
    let now = Clock.bootMilliseconds()
    let moments = programs.compactMap(\.startAt) + planned.map(\.at)
    for moment in moments { wait = min(wait, max(0, moment - now)) }
    switch Signals.wait(milliseconds: Int(wait)) {
    case SIGTERM, SIGINT: return true
    // A terminal that is closed says so with the same signal.
    case SIGHUP where isatty(STDIN_FILENO) != 0: return true
    case SIGHUP: renew()
    default: break
    }
    reap()
    sendDueSignals()
    for program in programs {
      if let moment = program.startAt, moment <= Clock.bootMilliseconds() { program.start(at: Clock.bootMilliseconds()) }
    }
    return false
  }

  /// As process 1 of a container it buries strangers, too.
  private func reap() {
    while true {
      var status: Int32 = 0
      let pid = waitpid(-1, &status, WNOHANG)
      guard pid > 0 else { return }
      leaving.remove(pid)
      planned.removeAll { $0.pid == pid }
      programs.first { $0.pid == pid }?.ended(Ending(status: status), at: Clock.bootMilliseconds())
    }
  }

  private func sendDueSignals() {
    let now = Clock.bootMilliseconds()
    for entry in planned where entry.at <= now { kill(entry.pid, entry.signal) }
    planned.removeAll { $0.at <= now }
  }

  // MARK: Renewal

  /// Programs and configuration may have been replaced on disk. No connection attempt is lost, and no request fails.
  private func renew() {
    Log.info("renewing all programs")
    do {
      try configuration.render()
      // If there is no worker at the moment, those who wait at the present socket wait for the next one.
      if rest.isRunning { try listeners.renewRest() }
    } catch {
      return Log.error("\(error); everything stays as it is")
    }
    let now = Clock.bootMilliseconds()
    // Two REST workers serve side by side. A worker that is told to stop closes the connections nginx keeps, perhaps in the very
    // moment in which nginx sends a request on one: so first nginx changes to connections to the new one, then the old one is told.
    if let old = rest.replace(input: listeners.rest.number) {
      leaving.insert(old)
      planned.append((now + Self.handoverMilliseconds, old, SIGTERM))
      planned.append((now + Self.handoverMilliseconds + Self.stopMilliseconds, old, SIGKILL))
    }
    nginx.signal(SIGHUP)
    // There is one daemon at a time: one doorbell, one judge of who is present. Those who knock meanwhile wait.
    if let pid = push.pid { planned.append((now + Self.stopMilliseconds, pid, SIGKILL)) }
    push.renew()
  }

  // MARK: The end

  /// nginx and the daemon first, so that requests under way still find the REST worker.
  private func stop() {
    listeners.shutDoor()
    for program in programs { program.retire() }
    nginx.signal(SIGQUIT)
    push.signal(SIGTERM)
    let begun = Clock.bootMilliseconds()
    if !waitForEnd(of: [nginx], until: begun + Self.gentleMilliseconds) {
      nginx.signal(SIGTERM)
      _ = waitForEnd(of: [nginx], until: begun + Self.stopMilliseconds)
    }
    rest.signal(SIGTERM)
    for pid in leaving { kill(pid, SIGTERM) }
    if !waitForEnd(of: programs, until: Clock.bootMilliseconds() + Self.stopMilliseconds) {
      for program in programs where program.isRunning {
        Log.warning("\(program.name) did not end in time; killing it")
        program.killGroup()
      }
      for pid in leaving { kill(pid, SIGKILL) }
      _ = waitForEnd(of: programs, until: Clock.bootMilliseconds() + 1000)
    }
  }

  private func waitForEnd(of awaited: [Program], until deadline: Int64) -> Bool {
    while true {
      reap()
      if !awaited.contains(where: \.isRunning) && (awaited.count < programs.count || leaving.isEmpty) { return true }
      let left = deadline - Clock.bootMilliseconds()
      if left <= 0 { return false }
      _ = Signals.wait(milliseconds: Int(left))
    }
  }
}
