// Many senders, each alone in a room: how long until a message is durable, and how many a second become so.
import EventLoop
import Posix

/// In a closed loop every line has one message under way, and the next leaves when the server says that it is on disk; in an open one the
/// lines take turns at the moments that the pace gives. Every line also hears its own messages, each once, in order and as it left.
final class Send: EventHandler {
  typealias Message = Order

  private static let drainMax: Int64 = 30_000_000_000

  private let plan: Plan
  private let lines: WebSocketLines
  private var stopwatch: Stopwatch
  private let pace: Pace?
  /// What each line has under way, oldest first, and the seq of its last acknowledged message.
  private var underWay: [[Stamp]]
  private var seqs: [Int]
  /// How far each line has heard.
  private var ears: [(id: Int, seq: Int)]
  private var latencies = Latencies()
  private var numbersGiven = 0
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<Order>) throws {
    self.plan = plan
    lines = try WebSocketLines(plan, loop)
    stopwatch = Stopwatch(plan)
    pace = try Pace(plan, loop)
    underWay = Array(repeating: [], count: plan.lines.count)
    seqs = plan.lines.map { $0.seq ?? 0 }
    ears = seqs.map { (0, $0) }
    lines.open(upTo: plan.lines.count)
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    guard token != Pace.token else { return keepPace() }
    lines.ready(token, readiness) { line, text in heard(line, text) }
  }

  func received(_ messages: [Order]) {
    if messages.saysStop { isFinished = true }
  }

  func ticked(_ now: Int64) {
    guard stopwatch.stage == .opening, lines.areOpen else { return }
    Report.phase(.opened)
    stopwatch.start(at: Clock.monotonicNanoseconds())
    if let pace { return pace.start() }
    for line in plan.lines.indices { say(line, at: Clock.monotonicNanoseconds()) }
  }

  func iterationEnded() {
    lines.flush()
    let now = Clock.monotonicNanoseconds()
    switch stopwatch.look(at: now) {
    case .measuring?: Report.phase(.measuring)
    case .draining?: Report.phase(.measured)
    default: if stopwatch.isDraining, !isFinished { drain(now) }
    }
  }

  private func keepPace() {
    pace?.take { due in
      if !stopwatch.isDraining { say(numbersGiven % plan.lines.count, at: due) }
    }
  }

  private func say(_ line: Int, at moment: Int64) {
    let stamp = Stamp(number: numbersGiven, sentAt: moment)
    numbersGiven += 1
    underWay[line].append(stamp)
    lines.send(line, Utterance.command(stamp, room: plan.lines[line].room, run: plan.run))
  }

  private func heard(_ line: Int, _ text: UnsafeRawBufferPointer) {
    switch Heard.read(text) {
    case .ok(let number, let seq)?:
      guard let stamp = underWay[line].first, stamp.number == number, seq == seqs[line] + 1 else {
        Report.void("connection \(line), after seq \(seqs[line]), heard \(text.text)")
      }
      seqs[line] = seq
      underWay[line].removeFirst()
      if stopwatch.isMeasuring { latencies.append(Clock.monotonicNanoseconds() - stamp.sentAt) }
      if pace == nil, !stopwatch.isDraining { say(line, at: Clock.monotonicNanoseconds()) }
    case .news(let id, let seq)?:
      guard id > ears[line].id, seq == ears[line].seq + 1 else {
        Report.void("connection \(line) heard id \(id), seq \(seq) after id \(ears[line].id), seq \(ears[line].seq)")
      }
      guard Stamp.read(in: text) != nil else { Report.void("a message arrived changed: \(text.text)") }
      ears[line] = (id, seq)
    case .durable?, .fleeting?:
      break
    case .error?, .welcome?, nil:
      Report.void("connection \(line) heard \(text.text)")
    }
  }

  private func drain(_ now: Int64) {
    let open = underWay.reduce(0) { $0 + $1.count }
    let behind = ears.indices.count { ears[$0].seq != seqs[$0] }
    guard open == 0, behind == 0 else {
      if now - stopwatch.since > Self.drainMax {
        Report.void("\(open) messages were never acknowledged, \(behind) connections never heard the last one")
      }
      return
    }
    let summary = latencies.summary()
    Report.done(Outcome(seconds: stopwatch.measuredSeconds, units: summary.samples, messages: summary.samples, latency: summary))
    isFinished = true
  }
}
