// A reconnect storm: many come back at once and hear what they missed, while others go on talking.
import EventLoop
import Posix

/// The first lines talk, each alone in a room, in an open loop; their latencies are those of people who have no part in the storm. The rest
/// connects when measuring begins, all of them in one room with the same messages missed: everybody must hear each once, in order, as the others do,
/// and no other.
final class Storm: EventHandler {
  typealias Message = Order

  /// Connections whose opening is under way at one time. More of them keep the generator itself so busy that the latencies of those who talk
  /// are its own: with 1,024 their p99 is four times as long.
  private static let openingMax = 128
  private static let stormMax: Int64 = 60_000_000_000
  /// Time for a doubled message to come.
  private static let silence: Int64 = 1_000_000_000

  private enum Stage {
    case opening, calm, storm, drained
  }

  private let plan: Plan
  private let lines: WebSocketLines
  private let pace: Pace
  private let missed: Int
  private var stage = Stage.opening
  private var since: Int64 = 0
  private var stormSeconds = 0.0
  /// How far each line has heard, and how many of those who came back heard all.
  private var ears: [(id: Int, seq: Int)]
  private var caughtUp = 0
  private var missedByAll = SeqLedger()
  private var underWay: [[Stamp]]
  private var numbersGiven = 0
  private var latencies = Latencies()
  private var latenciesBefore = Latencies()
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<Order>) throws {
    self.plan = plan
    guard let pace = try Pace(plan, loop), let missed = plan.messages else {
      throw Errno("a storm needs per_second and messages", code: 22)
    }
    self.pace = pace
    self.missed = missed
    lines = try WebSocketLines(plan, loop, openingMax: Self.openingMax)
    ears = Array(repeating: (0, 0), count: plan.lines.count)
    underWay = Array(repeating: [], count: plan.senders)
    lines.open(upTo: plan.senders)
  }

  // MARK: EventHandler

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    if token == Pace.token {
      pace.take { due in if stage != .drained { say(at: due) } }
    } else {
      lines.ready(token, readiness) { line, text in heard(line, text) }
    }
  }

  func received(_ messages: [Order]) {
    if messages.saysStop { isFinished = true }
  }

  func ticked(_ now: Int64) {
    guard stage == .opening, lines.areOpen else { return }
    Report.phase(.opened)
    enter(.calm)
    pace.start()
  }

  func iterationEnded() {
    lines.flush()
    let elapsed = Clock.monotonicNanoseconds() - since
    switch stage {
    case .opening:
      break
    case .calm where elapsed >= Int64(plan.warmUpSeconds * 1e9):
      Report.phase(.measuring)
      enter(.storm)
      lines.open(upTo: plan.lines.count)
    case .storm where caughtUp == plan.lines.count - plan.senders:
      Report.phase(.measured)
      stormSeconds = Double(elapsed) / 1e9
      enter(.drained)
    case .storm where elapsed > Self.stormMax:
      Report.void("\(plan.lines.count - plan.senders - caughtUp) connections never heard all that they missed")
    case .drained where elapsed > Self.silence && !isFinished:
      finish()
    default:
      break
    }
  }

  // MARK: Saying and hearing

  private func say(at moment: Int64) {
    let sender = numbersGiven % plan.senders
    let stamp = Stamp(number: numbersGiven, sentAt: moment)
    numbersGiven += 1
    underWay[sender].append(stamp)
    lines.send(sender, Utterance.command(stamp, room: plan.lines[sender].room, run: plan.run))
  }

  private func heard(_ line: Int, _ text: UnsafeRawBufferPointer) {
    switch Heard.read(text) {
    case .news(let id, let seq)?:
      guard id > ears[line].id, seq == ears[line].seq + 1, line < plan.senders || seq <= missed else {
        Report.void("connection \(line) heard id \(id), seq \(seq) after id \(ears[line].id), seq \(ears[line].seq)")
      }
      ears[line] = (id, seq)
      let isIntact = line < plan.senders ? Stamp.read(in: text) != nil : missedByAll.compare(text, at: seq) != .different
      guard isIntact else { Report.void("connection \(line) heard seq \(seq) changed: \(text.text)") }
      if line >= plan.senders, seq == missed { caughtUp += 1 }
    case .ok(let number, _)? where line < plan.senders:
      guard let stamp = underWay[line].first, stamp.number == number else { Report.void("connection \(line) heard \(text.text)") }
      underWay[line].removeFirst()
      let latency = Clock.monotonicNanoseconds() - stamp.sentAt
      if stage == .calm { latenciesBefore.append(latency) }
      if stage == .storm { latencies.append(latency) }
    case .durable?, .fleeting?:
      break
    default:
      Report.void("connection \(line) heard \(text.text)")
    }
  }

  private func enter(_ next: Stage) {
    stage = next
    since = Clock.monotonicNanoseconds()
  }

  private func finish() {
    let open = underWay.reduce(0) { $0 + $1.count }
    guard open == 0 else { Report.void("\(open) messages were never acknowledged") }
    Report.done(
      Outcome(
        seconds: stormSeconds, units: plan.lines.count - plan.senders, latency: latencies.summary(),
        latencyBefore: latenciesBefore.summary()))
    isFinished = true
  }
}
