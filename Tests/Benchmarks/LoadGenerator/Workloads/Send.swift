// Many senders, each alone in a room: how soon a message is durable, and how many a second.
import EventLoop
import Posix

/// In a closed loop every connection has one message in flight and sends the next one when it is acknowledged as durable; in an open loop
/// the connections send in turn at the timer's rate. Every connection also receives its own messages, each once, in order and unchanged.
final class Send: EventHandler {
  typealias Message = DriverCommand

  private static let drainMax: Int64 = 30_000_000_000

  private let plan: Plan
  private let connections: WebSocketConnections
  private var stopwatch: Stopwatch
  private let timer: OpenLoopTimer?
  /// The messages in flight of each connection, oldest first, and the seq of its last acknowledged one.
  private var inFlight: [[MessageStamp]]
  private var seqs: [Int]
  /// The last id and seq that each connection received.
  private var received: [(id: Int, seq: Int)]
  private var latencies = Latencies()
  private var sentCount = 0
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<DriverCommand>) throws {
    self.plan = plan
    connections = try WebSocketConnections(plan, loop)
    stopwatch = Stopwatch(plan)
    timer = try OpenLoopTimer(plan, loop)
    inFlight = Array(repeating: [], count: plan.connections.count)
    seqs = plan.connections.map { $0.seq ?? 0 }
    received = seqs.map { (0, $0) }
    connections.open(upTo: plan.connections.count)
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    guard token != OpenLoopTimer.token else { return sendDue() }
    connections.ready(token, readiness) { connection, text in handle(connection, text) }
  }

  func handle(_ messages: [DriverCommand]) {
    if messages.containsStop { isFinished = true }
  }

  func tick(_ now: Int64) {
    guard stopwatch.stage == .opening, connections.areAllOpen else { return }
    Report.phase(.opened)
    stopwatch.start(at: Clock.monotonicNanoseconds())
    if let timer { return timer.start() }
    for connection in plan.connections.indices { send(connection, at: Clock.monotonicNanoseconds()) }
  }

  func iterationEnded() {
    connections.flush()
    let now = Clock.monotonicNanoseconds()
    switch stopwatch.advance(at: now) {
    case .measuring?: Report.phase(.measuring)
    case .draining?: Report.phase(.measured)
    default: if stopwatch.isDraining, !isFinished { drain(now) }
    }
  }

  private func sendDue() {
    timer?.runDue { due in
      if !stopwatch.isDraining { send(sentCount % plan.connections.count, at: due) }
    }
  }

  private func send(_ connection: Int, at time: Int64) {
    let stamp = MessageStamp(number: sentCount, sentAt: time)
    sentCount += 1
    inFlight[connection].append(stamp)
    connections.send(connection, MessageEncoder.command(stamp, room: plan.connections[connection].room, run: plan.run))
  }

  private func handle(_ connection: Int, _ text: UnsafeRawBufferPointer) {
    switch ServerFrame.read(text) {
    case .ok(let number, let seq)?:
      guard let stamp = inFlight[connection].first, stamp.number == number, seq == seqs[connection] + 1 else {
        Report.invalid("connection \(connection), after seq \(seqs[connection]), received \(text.text)")
      }
      seqs[connection] = seq
      inFlight[connection].removeFirst()
      if stopwatch.isMeasuring { latencies.append(Clock.monotonicNanoseconds() - stamp.sentAt) }
      if timer == nil, !stopwatch.isDraining { send(connection, at: Clock.monotonicNanoseconds()) }
    case .newMessage(let id, let seq)?:
      guard id > received[connection].id, seq == received[connection].seq + 1 else {
        Report.invalid(
          "connection \(connection) received id \(id), seq \(seq) after id \(received[connection].id), seq \(received[connection].seq)")
      }
      guard MessageStamp.read(in: text) != nil else { Report.invalid("a message arrived changed: \(text.text)") }
      received[connection] = (id, seq)
    case .durable?, .ephemeral?:
      break
    case .error?, .welcome?, nil:
      Report.invalid("connection \(connection) received \(text.text)")
    }
  }

  private func drain(_ now: Int64) {
    let open = inFlight.reduce(0) { $0 + $1.count }
    let lagging = received.indices.count { received[$0].seq != seqs[$0] }
    guard open == 0, lagging == 0 else {
      if now - stopwatch.since > Self.drainMax {
        Report.invalid("\(open) messages were never acknowledged, \(lagging) connections never received the last one")
      }
      return
    }
    let summary = latencies.summary()
    Report.done(RunResult(seconds: stopwatch.measuredSeconds, units: summary.samples, messages: summary.samples, latency: summary))
    isFinished = true
  }
}
