// Many senders, each alone in a room: how long until a message is durable, and how many a second become so.
import EventLoop
import Posix

/// Every line has one message under way; the next leaves when the server says that it is on disk.
final class Send: EventHandler {
  typealias Letter = Order

  private static let drainMax: Int64 = 30_000_000_000

  private let plan: Plan
  private let lines: WebSocketLines
  private var stopwatch: Stopwatch
  /// What each line has under way (nil when it has stopped), and the seq of its last message.
  private var underWay: [Stamp?]
  private var seqs: [Int]
  private var latencies = Latencies()
  private var numbersGiven = 0
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<Order>) throws {
    self.plan = plan
    lines = try WebSocketLines(plan, loop)
    stopwatch = Stopwatch(plan)
    underWay = Array(repeating: nil, count: plan.lines.count)
    seqs = Array(repeating: 0, count: plan.lines.count)
    lines.open(upTo: plan.lines.count)
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    lines.ready(token, readiness) { line, text in heard(line, text) }
  }

  func received(_ letters: [Order]) {
    if letters.saysStop { isFinished = true }
  }

  func ticked(_ now: Int64) {
    guard stopwatch.stage == .opening, lines.areOpen else { return }
    Report.phase(.opened)
    stopwatch.start(at: Clock.monotonicNanoseconds())
    for line in plan.lines.indices { say(line) }
  }

  func turnEnded() {
    lines.flush()
    let now = Clock.monotonicNanoseconds()
    switch stopwatch.look(at: now) {
    case .measuring?: Report.phase(.measuring)
    case .draining?: Report.phase(.measured)
    default: if stopwatch.isDraining, !isFinished { drain(now) }
    }
  }

  private func say(_ line: Int) {
    let stamp = Stamp(number: numbersGiven, sentAt: Clock.monotonicNanoseconds())
    numbersGiven += 1
    underWay[line] = stamp
    lines.send(line, Utterance.command(stamp, room: plan.lines[line].room, run: plan.run))
  }

  private func heard(_ line: Int, _ text: UnsafeRawBufferPointer) {
    switch Heard.read(text) {
    case .ok(let number, let seq)?:
      guard let stamp = underWay[line], stamp.number == number, seq == seqs[line] + 1 else {
        Report.void("connection \(line), after seq \(seqs[line]), heard \(text.text)")
      }
      seqs[line] = seq
      underWay[line] = nil
      if stopwatch.isMeasuring { latencies.append(Clock.monotonicNanoseconds() - stamp.sentAt) }
      if !stopwatch.isDraining { say(line) }
    case .news?, .durable?, .fleeting?:
      break
    case .error?, .welcome?, nil:
      Report.void("connection \(line) heard \(text.text)")
    }
  }

  private func drain(_ now: Int64) {
    let open = underWay.count { $0 != nil }
    guard open == 0 else {
      if now - stopwatch.since > Self.drainMax { Report.void("\(open) messages were never acknowledged") }
      return
    }
    let summary = latencies.summary()
    Report.done(Outcome(seconds: stopwatch.measuredSeconds, units: summary.samples, messages: summary.samples, latency: summary))
    isFinished = true
  }
}
