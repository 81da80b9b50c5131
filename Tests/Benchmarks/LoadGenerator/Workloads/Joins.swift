// Many come into a room, one after the other in an open loop, and those who are there hear of it.
import EventLoop
import Posix

/// The lines of the first stage are there before; latencies are those of coming in, from the moment one was due until her welcome.
final class Joins: EventHandler {
  typealias Letter = Order

  /// What is batched has been told by then.
  private static let settling: Int64 = 3_000_000_000

  private enum Stage {
    case opening, settling, joining, hearing
  }

  private let plan: Plan
  private let lines: WebSocketLines
  private let pace: Pace
  private let present: Int
  private var stage = Stage.opening
  private var since: Int64 = 0
  private var joiningSeconds = 0.0
  private var dueAt: [Int64] = []
  private var welcomed = 0
  /// Frames that each of those who were there has heard since the first one came.
  private var frames: [Int]
  private var latencies = Latencies()
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<Order>) throws {
    self.plan = plan
    guard let pace = try Pace(plan, loop), let present = plan.stages.first else {
      throw Errno("joins need per_second and stages", code: 22)
    }
    self.pace = pace
    self.present = present
    lines = try WebSocketLines(plan, loop, openingMax: plan.lines.count)
    frames = Array(repeating: 0, count: present)
    lines.open(upTo: present)
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    if token == Pace.token {
      pace.take { due in join(dueAt: due) }
      return
    }
    lines.ready(token, readiness) { line, text in
      if case .error? = Heard.read(text) { Report.void("connection \(line) heard \(text.text)") }
      if line < present, stage == .joining || stage == .hearing { frames[line] += 1 }
    }
    noteWelcomes()
  }

  func received(_ letters: [Order]) {
    if letters.saysStop { isFinished = true }
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
    case .joining where welcomed == plan.lines.count - present:
      enter(.hearing)
    case .hearing where elapsed > Self.settling && !isFinished:
      Report.phase(.measured)
      Report.done(
        Outcome(
          seconds: joiningSeconds, units: welcomed, latency: latencies.summary(), frames: frames.reduce(0, +), framesMax: frames.max() ?? 0)
      )
      isFinished = true
    default:
      break
    }
  }

  func turnEnded() {
    lines.flush()
  }

  private func join(dueAt moment: Int64) {
    guard stage == .joining, present + dueAt.count < plan.lines.count else { return }
    dueAt.append(moment)
    lines.open(upTo: present + dueAt.count)
  }

  /// Those who came in are told apart by their order only: nearly always the first to knock is the first to be in.
  private func noteWelcomes() {
    guard stage == .joining else { return }
    while welcomed < lines.openCount - present {
      latencies.append(Clock.monotonicNanoseconds() - dueAt[welcomed])
      welcomed += 1
      joiningSeconds = Double(Clock.monotonicNanoseconds() - since) / 1e9
    }
  }

  private func enter(_ next: Stage) {
    stage = next
    since = Clock.monotonicNanoseconds()
  }
}
