// Rooms with subscribers: what is said in a room, everybody in it hears once, in order, to the last message.
import EventLoop
import Posix

/// The first lines of each room also send. In a closed loop each keeps a number of messages in flight: the next one leaves when the server says
/// that one is durable, so a message that counts is on disk. In an open one they take turns at the moments that the pace gives. Every line
/// checks every delivery's id and seq, and that its bytes are those that the first to hear the message heard, which fit their checksum; every
/// 61st delivery is also read for its age.
final class Fanout: EventHandler {
  typealias Message = Order

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
  private let pace: Pace?
  /// Lines that send.
  private let senders: [Int]
  private let isSender: [Bool]
  /// The room of each line, by number.
  private let rooms: [Int]
  private var ears: [Ear]
  private var ledgers: [SeqLedger]
  private var acknowledged = 0
  private var latencies = Latencies()
  private var numbersGiven = 0
  /// How many messages each room's sender numbered herself (nchan).
  private var saidByRoom: [Int]
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
    pace = try Pace(plan, loop)
    (rooms, senders) = Self.seat(plan)
    saidByRoom = Array(repeating: 0, count: (rooms.max() ?? 0) + 1)
    isSender = plan.lines.indices.map(Set(senders).contains)
    ledgers = Array(repeating: SeqLedger(), count: (rooms.max() ?? 0) + 1)
    ears = Array(repeating: Ear(), count: plan.lines.count)
    lines.open(upTo: plan.lines.count)
  }

  // MARK: EventHandler

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    guard token != Pace.token else { return keepPace() }
    lines.ready(token, readiness) { line, text in heard(line, text) }
  }

  func received(_ messages: [Order]) {
    if messages.saysStop { isFinished = true }
  }

  func ticked(_ now: Int64) {
    // A whole tick after the last one came in, presence has settled.
    guard stopwatch.stage == .opening, lines.areOpen else { return }
    Report.phase(.opened)
    stopwatch.start(at: Clock.monotonicNanoseconds())
    if let pace { return pace.start() }
    for sender in senders {
      for _ in 0..<plan.inFlight { say(from: sender, at: Clock.monotonicNanoseconds()) }
    }
  }

  func iterationEnded() {
    lines.flush()
    let now = Clock.monotonicNanoseconds()
    switch stopwatch.look(at: now) {
    case .measuring?:
      Report.phase(.measuring)
      measured = (deliveries, bytes, lines.reads, acknowledged)
    case .draining?:
      Report.phase(.measured)
      measured = (
        deliveries - measured.deliveries, bytes - measured.bytes, lines.reads - measured.reads, acknowledged - measured.acknowledged
      )
    default:
      if stopwatch.isDraining, !isFinished { drain(now) }
    }
  }

  // MARK: Saying and hearing

  private func keepPace() {
    pace?.take { due in
      if !stopwatch.isDraining { say(from: senders[numbersGiven % senders.count], at: due) }
    }
  }

  private func say(from sender: Int, at moment: Int64) {
    let stamp = Stamp(number: numbersGiven, sentAt: moment)
    numbersGiven += 1
    switch plan.dialect {
    case .echochat:
      lines.send(sender, Utterance.command(stamp, room: plan.lines[sender].room, run: plan.run))
    case .nchan:
      saidByRoom[rooms[sender]] += 1
      lines.send(sender, Utterance.news(stamp, seq: saidByRoom[rooms[sender]], room: plan.lines[sender].room, run: plan.run))
    }
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
      switch ledgers[rooms[line]].compare(text, at: seq) {
      case .first: read(line, text, seq)
      case .same: break
      case .different: Report.void("connection \(line) did not hear seq \(seq) as others did: \(text.text)")
      }
      untilLook -= 1
      if untilLook == 0 { look(text) }
      // Her own words coming back are all that a publisher hears of them.
      if plan.dialect == .nchan, isSender[line], let stamp = Stamp.read(in: text) { answered(line, stamp.number, seq) }
    case .ok(let number, let seq)?:
      answered(line, number, seq)
    case .durable(let id)?:
      guard id > ears[line].id else { Report.void("connection \(line) heard id \(id) after id \(ears[line].id)") }
      ears[line].id = id
    case .fleeting?:
      break
    case .error?, .welcome?, nil:
      Report.void("connection \(line) heard \(text.text)")
    }
  }

  private func answered(_ line: Int, _ number: Int, _ seq: Int) {
    guard ledgers[rooms[line]].acknowledge(number, at: seq) else {
      Report.void("seq \(seq) was given to message \(number) and to another one")
    }
    acknowledged += 1
    if pace == nil, !stopwatch.isDraining { say(from: line, at: Clock.monotonicNanoseconds()) }
  }

  private func read(_ line: Int, _ text: UnsafeRawBufferPointer, _ seq: Int) {
    guard let stamp = Stamp.read(in: text) else { Report.void("a message arrived changed: \(text.text)") }
    guard ledgers[rooms[line]].saw(stamp.number, at: seq) else {
      Report.void("seq \(seq) is message \(stamp.number) here and another one elsewhere")
    }
  }

  private func look(_ text: UnsafeRawBufferPointer) {
    untilLook = Self.lookedAtEvery
    guard stopwatch.isMeasuring, let stamp = Stamp.read(in: text) else { return }
    latencies.append(Clock.monotonicNanoseconds() - stamp.sentAt)
  }

  /// Numbers the rooms, and finds the first lines of each.
  private static func seat(_ plan: Plan) -> (rooms: [Int], senders: [Int]) {
    var numbers: [String: Int] = [:]
    var taken: [Int] = []
    var senders: [Int] = []
    let rooms = plan.lines.enumerated().map { line, member in
      let room = numbers[member.room] ?? numbers.count
      if room == taken.count {
        numbers[member.room] = room
        taken.append(0)
      }
      if taken[room] < plan.senders { senders.append(line) }
      taken[room] += 1
      return room
    }
    return (rooms, senders)
  }

  // MARK: The end

  /// Nothing more is said; waits until all that was said is acknowledged and everybody has heard it.
  private func drain(_ now: Int64) {
    let behind = acknowledged == numbersGiven ? ears.indices.count { ears[$0].seq != ledgers[rooms[$0]].last } : ears.count
    guard behind == 0 else {
      if now - stopwatch.since > Self.drainMax {
        Report.void(
          "\(numbersGiven - acknowledged) messages were never acknowledged, \(behind) connections never heard the last one")
      }
      return
    }
    if let ledger = ledgers.first(where: { !$0.isDense }) {
      Report.void("\(ledger.acknowledged) messages of a room were acknowledged, but the last one is seq \(ledger.last)")
    }
    Report.done(
      Outcome(
        seconds: stopwatch.measuredSeconds, units: measured.deliveries, messages: measured.acknowledged, deliveredBytes: measured.bytes,
        reads: measured.reads, latency: latencies.summary(), drainSeconds: Double(now - stopwatch.since) / 1e9))
    isFinished = true
  }
}
