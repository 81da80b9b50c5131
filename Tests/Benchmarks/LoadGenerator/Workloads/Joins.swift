// Many come in, one after the other in an open loop: first each to where she is alone, then as many into a room where others hear of it.
import EventLoop
import Posix

/// The lines of the first stage are there before, in one room. Those of the second come to rooms of their own, which costs what signing in costs;
/// those after them come into the room, and what that costs more is the coming itself. Latencies are those of coming into the room, from the
/// moment one was due until her welcome. Each wave is measured in two parts: until the last one is welcomed, and while it is told.
final class Joins: EventHandler {
  typealias Message = Order

  /// What is batched has been told by then.
  private static let settling: Int64 = 2_500_000_000

  private enum Stage {
    case opening, settling, joining, hearing
  }

  private let plan: Plan
  private let lines: WebSocketLines
  private let pace: Pace
  private let present: Int
  /// Where each wave ends among the lines.
  private let waves: [Int]
  private var wave = 0
  private var stage = Stage.opening
  private var since: Int64 = 0
  private var joiningSeconds = 0.0
  private var dueAt: [Int64] = []
  private var welcomed = 0
  /// Frames that each of those who were there has heard since the first one came into their room.
  private var frames: [Int]
  private var latencies = Latencies()
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<Order>) throws {
    self.plan = plan
    guard let pace = try Pace(plan, loop), plan.stages.count == 2 else { throw Errno("joins need per_second and two stages", code: 22) }
    self.pace = pace
    present = plan.stages[0]
    waves = [plan.stages[1], plan.lines.count]
    lines = try WebSocketLines(plan, loop, openingMax: plan.lines.count)
    frames = Array(repeating: 0, count: present)
    lines.open(upTo: present)
  }

  private var firstOfWave: Int { wave == 0 ? present : waves[wave - 1] }
  private var isIntoTheRoom: Bool { wave == waves.count - 1 }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    if token == Pace.token {
      pace.take { due in join(dueAt: due) }
      return
    }
    lines.ready(token, readiness) { line, text in
      if case .error? = Heard.read(text) { Report.void("connection \(line) heard \(text.text)") }
      if line < present, isIntoTheRoom, stage == .joining || stage == .hearing { frames[line] += 1 }
    }
    noteWelcomes()
  }

  func received(_ messages: [Order]) {
    if messages.saysStop { isFinished = true }
  }

  func ticked(_ now: Int64) {
    let elapsed = Clock.monotonicNanoseconds() - since
    switch stage {
    case .opening where lines.areOpen:
      Report.phase(.opened)
      enter(.settling)
    case .settling where elapsed > Self.settling:
      Report.phase(.measuring)
      enter(.joining)
      pace.start()
    case .joining where welcomed == waves[wave] - firstOfWave:
      Report.phase(.measured)
      Report.phase(.measuring)
      enter(.hearing)
    case .hearing where elapsed > Self.settling && !isFinished:
      Report.phase(.measured)
      finishWave()
    default:
      break
    }
  }

  func iterationEnded() {
    lines.flush()
  }

  private func join(dueAt moment: Int64) {
    guard stage == .joining, firstOfWave + dueAt.count < waves[wave] else { return }
    dueAt.append(moment)
    lines.open(upTo: firstOfWave + dueAt.count)
  }

  /// Those who came in are told apart by their order only: nearly always the first to knock is the first to be in.
  private func noteWelcomes() {
    guard stage == .joining else { return }
    while welcomed < lines.openCount - firstOfWave {
      if isIntoTheRoom { latencies.append(Clock.monotonicNanoseconds() - dueAt[welcomed]) }
      welcomed += 1
      joiningSeconds = Double(Clock.monotonicNanoseconds() - since) / 1e9
    }
  }

  private func finishWave() {
    guard !isIntoTheRoom else {
      Report.done(
        Outcome(
          seconds: joiningSeconds, units: welcomed, latency: latencies.summary(), frames: frames.reduce(0, +), framesMax: frames.max() ?? 0)
      )
      isFinished = true
      return
    }
    wave += 1
    (dueAt, welcomed) = ([], 0)
    Report.phase(.measuring)
    enter(.joining)
    pace.start()
  }

  private func enter(_ next: Stage) {
    stage = next
    since = Clock.monotonicNanoseconds()
  }
}
