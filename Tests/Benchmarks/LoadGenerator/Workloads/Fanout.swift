// One room, many subscribers: what one sender says, everybody hears once, in order, to the last message.
import EventLoop
import Posix

/// The first lines also send. Each keeps a number of messages in flight: the next one leaves when the server says that one is durable, so a
/// message that counts is on disk. Every line checks every delivery's id and seq; every 61st delivery is also read for its checksum and age.
final class Fanout: EventHandler {
  typealias Letter = Order

  /// Prime, so that looking does not fall into step with messages that arrive sixteen at a time.
  private static let lookedAtEvery = 61
  /// For everybody to have heard the last message.
  private static let drainMax: Int64 = 30_000_000_000

  /// How far a line has heard.
  private struct Ear {
    var id = 0
    var seq = 0
  }

  private let plan: Plan
  private let lines: WebSocketLines
  private var stopwatch: Stopwatch
  private var ears: [Ear]
  private var ledger = SeqLedger()
  private var latencies = Latencies()
  private var numbersGiven = 0
  private var untilLook = lookedAtEvery
  private var deliveries = 0
  private var bytes = 0
  /// What the counters said when measuring began, then what they gained until it ended.
  private var measured = (deliveries: 0, bytes: 0, reads: 0, acknowledged: 0)
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<Order>) throws {
    self.plan = plan
    lines = try WebSocketLines(plan, loop)
    stopwatch = Stopwatch(plan)
    ears = Array(repeating: Ear(), count: plan.lines.count)
    lines.open(upTo: plan.lines.count)
  }

  // MARK: EventHandler

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    lines.ready(token, readiness) { line, text in heard(line, text) }
  }

  func received(_ letters: [Order]) {
    if letters.saysStop { isFinished = true }
  }

  func ticked(_ now: Int64) {
    // A whole tick after the last one came in, presence has settled.
    guard stopwatch.stage == .opening, lines.areOpen else { return }
    Report.phase(.opened)
    stopwatch.start(at: Clock.monotonicNanoseconds())
    for sender in 0..<plan.senders {
      for _ in 0..<plan.inFlight { say(from: sender) }
    }
  }

  func turnEnded() {
    lines.flush()
    let now = Clock.monotonicNanoseconds()
    switch stopwatch.look(at: now) {
    case .measuring?:
      Report.phase(.measuring)
      measured = (deliveries, bytes, lines.reads, ledger.acknowledged)
    case .draining?:
      Report.phase(.measured)
      measured = (
        deliveries - measured.deliveries, bytes - measured.bytes, lines.reads - measured.reads,
        ledger.acknowledged - measured.acknowledged
      )
    default:
      if stopwatch.isDraining, !isFinished { drain(now) }
    }
  }

  // MARK: Saying and hearing

  private func say(from sender: Int) {
    let stamp = Stamp(number: numbersGiven, sentAt: Clock.monotonicNanoseconds())
    numbersGiven += 1
    lines.send(sender, Utterance.command(stamp, room: plan.lines[sender].room, run: plan.run))
  }

  private func heard(_ line: Int, _ text: UnsafeRawBufferPointer) {
    switch Heard.read(text) {
    case .news(let id, let seq)?:
      guard id > ears[line].id, seq == ears[line].seq + 1 else {
        Report.void("connection \(line) heard id \(id), seq \(seq) after id \(ears[line].id), seq \(ears[line].seq)")
      }
      ears[line] = Ear(id: id, seq: seq)
      deliveries += 1
      bytes += text.count
      untilLook -= 1
      if untilLook == 0 { look(text, seq) }
    case .ok(let number, let seq)?:
      guard ledger.acknowledge(number, at: seq) else { Report.void("seq \(seq) was given to message \(number) and to another one") }
      if !stopwatch.isDraining { say(from: line) }
    case .durable(let id)?:
      guard id > ears[line].id else { Report.void("connection \(line) heard id \(id) after id \(ears[line].id)") }
      ears[line].id = id
    case .fleeting?:
      break
    case .error?, .welcome?, nil:
      Report.void("connection \(line) heard \(text.text)")
    }
  }

  private func look(_ text: UnsafeRawBufferPointer, _ seq: Int) {
    untilLook = Self.lookedAtEvery
    guard let stamp = Stamp.read(in: text) else { Report.void("a message arrived changed: \(text.text)") }
    guard ledger.saw(stamp.number, at: seq) else { Report.void("seq \(seq) is message \(stamp.number) here and another one elsewhere") }
    if stopwatch.isMeasuring { latencies.append(Clock.monotonicNanoseconds() - stamp.sentAt) }
  }

  // MARK: The end

  /// Nothing more is said; waits until all that was said is acknowledged and everybody has heard it.
  private func drain(_ now: Int64) {
    let isAcknowledged = ledger.acknowledged == numbersGiven
    let behind = isAcknowledged ? ears.count { $0.seq != ledger.last } : ears.count
    guard behind == 0 else {
      if now - stopwatch.since > Self.drainMax {
        Report.void(
          "\(numbersGiven - ledger.acknowledged) messages were never acknowledged, \(behind) connections never heard the last one")
      }
      return
    }
    guard ledger.isDense else { Report.void("\(ledger.acknowledged) messages were acknowledged, but the last one is seq \(ledger.last)") }
    Report.done(
      Outcome(
        seconds: stopwatch.measuredSeconds, units: measured.deliveries, messages: measured.acknowledged, deliveredBytes: measured.bytes,
        reads: measured.reads, latency: latencies.summary(), drainSeconds: Double(now - stopwatch.since) / 1e9))
    isFinished = true
  }
}
