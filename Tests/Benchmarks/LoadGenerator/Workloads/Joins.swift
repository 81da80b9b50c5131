// Many users connect in an open loop: first those who are alone in a room, then as many members of a room with others.
import EventLoop
import Posix

/// The connections of the first stage are open before, in one room. Those of the second are alone in their rooms, which costs the
/// authentication; those after them are members of the room, and the additional cost is that of joining. Latencies are of the latter, from
/// the due time until the welcome. Each wave is measured in two parts: until the last welcome, and while presence is published.
final class Joins: EventHandler {
  typealias Message = DriverCommand

  /// Nanoseconds until batched presence is published.
  private static let settling: Int64 = 2_500_000_000

  private enum Stage {
    case opening, settling, joining, publishing
  }

  private let plan: Plan
  private let connections: WebSocketConnections
  private let timer: OpenLoopTimer
  private let present: Int
  /// The end of each wave among the connections.
  private let waves: [Int]
  private var wave = 0
  private var stage = Stage.opening
  private var since: Int64 = 0
  private var joiningSeconds = 0.0
  private var dueAt: [Int64] = []
  private var welcomed = 0
  /// Frames that each member has received since the first user joined their room.
  private var frames: [Int]
  private var latencies = Latencies()
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<DriverCommand>) throws {
    self.plan = plan
    guard let timer = try OpenLoopTimer(plan, loop), plan.stages.count == 2 else {
      throw Errno("joins need per_second and two stages", code: 22)
    }
    self.timer = timer
    present = plan.stages[0]
    waves = [plan.stages[1], plan.connections.count]
    connections = try WebSocketConnections(plan, loop, openingMax: plan.connections.count)
    frames = Array(repeating: 0, count: present)
    connections.open(upTo: present)
  }

  private var firstOfWave: Int { wave == 0 ? present : waves[wave - 1] }
  private var isJoiningRoom: Bool { wave == waves.count - 1 }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    if token == OpenLoopTimer.token {
      timer.runDue { due in join(dueAt: due) }
      return
    }
    connections.ready(token, readiness) { connection, text in
      if case .error? = ServerFrame.read(text) { Report.invalid("connection \(connection) received \(text.text)") }
      if connection < present, isJoiningRoom, stage == .joining || stage == .publishing { frames[connection] += 1 }
    }
    recordWelcomes()
  }

  func handle(_ messages: [DriverCommand]) {
    if messages.containsStop { isFinished = true }
  }

  func tick(_ now: Int64) {
    let elapsed = Clock.monotonicNanoseconds() - since
    switch stage {
    case .opening where connections.areAllOpen:
      Report.phase(.opened)
      enter(.settling)
    case .settling where elapsed > Self.settling:
      Report.phase(.measuring)
      enter(.joining)
      timer.start()
    case .joining where welcomed == waves[wave] - firstOfWave:
      Report.phase(.measured)
      Report.phase(.measuring)
      enter(.publishing)
    case .publishing where elapsed > Self.settling && !isFinished:
      Report.phase(.measured)
      finishWave()
    default:
      break
    }
  }

  func iterationEnded() {
    connections.flush()
  }

  private func join(dueAt time: Int64) {
    guard stage == .joining, firstOfWave + dueAt.count < waves[wave] else { return }
    dueAt.append(time)
    connections.open(upTo: firstOfWave + dueAt.count)
  }

  /// Matches welcomes to connections by order only: nearly always the first to connect is the first to be welcomed.
  private func recordWelcomes() {
    guard stage == .joining else { return }
    while welcomed < connections.openCount - firstOfWave {
      if isJoiningRoom { latencies.append(Clock.monotonicNanoseconds() - dueAt[welcomed]) }
      welcomed += 1
      joiningSeconds = Double(Clock.monotonicNanoseconds() - since) / 1e9
    }
  }

  private func finishWave() {
    guard !isJoiningRoom else {
      Report.done(
        RunResult(
          seconds: joiningSeconds, units: welcomed, latency: latencies.summary(), frames: frames.reduce(0, +), framesMax: frames.max() ?? 0)
      )
      isFinished = true
      return
    }
    wave += 1
    (dueAt, welcomed) = ([], 0)
    Report.phase(.measuring)
    enter(.joining)
    timer.start()
  }

  private func enter(_ next: Stage) {
    stage = next
    since = Clock.monotonicNanoseconds()
  }
}
