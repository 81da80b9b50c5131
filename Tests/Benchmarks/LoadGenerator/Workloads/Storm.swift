// A reconnect storm: many clients resume at once and receive what they missed, while others keep sending.
import EventLoop
import Posix

/// The first connections send, each alone in a room, in an open loop; theirs are the latencies of users outside the storm. The others
/// connect when measuring begins, all members of one room who missed the same messages: each must receive them once, in order, with the
/// same bytes, and no other.
final class Storm: EventHandler {
  typealias Message = DriverCommand

  /// Connections opened at the same time. More of them keep the generator so busy that the senders' latencies are its own: with 1,024 their
  /// p99 is four times as long.
  private static let openingMax = 128
  private static let stormMax: Int64 = 60_000_000_000
  /// Nanoseconds to wait for a duplicated message.
  private static let silence: Int64 = 1_000_000_000

  private enum Stage {
    case opening, calm, storm, drained
  }

  private let plan: Plan
  private let connections: WebSocketConnections
  private let timer: OpenLoopTimer
  private let missed: Int
  private var stage = Stage.opening
  private var since: Int64 = 0
  private var stormSeconds = 0.0
  /// The last id and seq that each connection received, and how many clients have caught up.
  private var received: [(id: Int, seq: Int)]
  private var caughtUp = 0
  private var missedFrames = SeqTable()
  private var inFlight: [[MessageStamp]]
  /// The last acknowledged seq of each sender.
  private var acknowledged: [Int]
  private var sentCount = 0
  private var latencies = Latencies()
  private var latenciesBefore = Latencies()
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<DriverCommand>) throws {
    self.plan = plan
    guard let timer = try OpenLoopTimer(plan, loop), let missed = plan.messages else {
      throw Errno("a storm needs per_second and messages", code: 22)
    }
    self.timer = timer
    self.missed = missed
    connections = try WebSocketConnections(plan, loop, openingMax: Self.openingMax)
    received = Array(repeating: (0, 0), count: plan.connections.count)
    inFlight = Array(repeating: [], count: plan.senders)
    acknowledged = Array(repeating: 0, count: plan.senders)
    connections.open(upTo: plan.senders)
  }

  // MARK: EventHandler

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    if token == OpenLoopTimer.token {
      timer.runDue { due in if stage != .drained { send(at: due) } }
    } else {
      connections.ready(token, readiness) { connection, text in handle(connection, text) }
    }
  }

  func handle(_ messages: [DriverCommand]) {
    if messages.containsStop { isFinished = true }
  }

  func tick(_ now: Int64) {
    guard stage == .opening, connections.areAllOpen else { return }
    Report.phase(.opened)
    enter(.calm)
    timer.start()
  }

  func iterationEnded() {
    connections.flush()
    let elapsed = Clock.monotonicNanoseconds() - since
    switch stage {
    case .opening:
      break
    case .calm where elapsed >= Int64(plan.warmUpSeconds * 1e9):
      Report.phase(.measuring)
      enter(.storm)
      connections.open(upTo: plan.connections.count)
    case .storm where caughtUp == plan.connections.count - plan.senders:
      Report.phase(.measured)
      stormSeconds = Double(elapsed) / 1e9
      enter(.drained)
    case .storm where elapsed > Self.stormMax:
      Report.invalid("\(plan.connections.count - plan.senders - caughtUp) connections never received all that they missed")
    case .drained where elapsed > Self.silence && !isFinished:
      finish()
    default:
      break
    }
  }

  // MARK: Sending and receiving

  private func send(at time: Int64) {
    let sender = sentCount % plan.senders
    let stamp = MessageStamp(number: sentCount, sentAt: time)
    sentCount += 1
    inFlight[sender].append(stamp)
    connections.send(sender, MessageEncoder.command(stamp, room: plan.connections[sender].room, run: plan.run))
  }

  private func handle(_ connection: Int, _ text: UnsafeRawBufferPointer) {
    switch ServerFrame.read(text) {
    case .newMessage(let id, let seq)?:
      guard id > received[connection].id, seq == received[connection].seq + 1, connection < plan.senders || seq <= missed else {
        Report.invalid(
          "connection \(connection) received id \(id), seq \(seq) after id \(received[connection].id), seq \(received[connection].seq)")
      }
      received[connection] = (id, seq)
      let isIntact = connection < plan.senders ? MessageStamp.read(in: text) != nil : missedFrames.compare(text, at: seq) != .different
      guard isIntact else { Report.invalid("connection \(connection) received seq \(seq) changed: \(text.text)") }
      if connection >= plan.senders, seq == missed { caughtUp += 1 }
    case .ok(let number, let seq)? where connection < plan.senders:
      guard let stamp = inFlight[connection].first, stamp.number == number else {
        Report.invalid("connection \(connection) received \(text.text)")
      }
      acknowledged[connection] = seq
      inFlight[connection].removeFirst()
      let latency = Clock.monotonicNanoseconds() - stamp.sentAt
      if stage == .calm { latenciesBefore.append(latency) }
      if stage == .storm { latencies.append(latency) }
    case .durable?, .ephemeral?:
      break
    default:
      Report.invalid("connection \(connection) received \(text.text)")
    }
  }

  private func enter(_ next: Stage) {
    stage = next
    since = Clock.monotonicNanoseconds()
  }

  private func finish() {
    let open = inFlight.reduce(0) { $0 + $1.count }
    guard open == 0 else { Report.invalid("\(open) messages were never acknowledged") }
    for sender in 0..<plan.senders where received[sender].seq != acknowledged[sender] {
      Report.invalid("connection \(sender) received no seq after \(received[sender].seq), though \(acknowledged[sender]) was acknowledged")
    }
    Report.done(
      RunResult(
        seconds: stormSeconds, units: plan.connections.count - plan.senders, latency: latencies.summary(),
        latencyBefore: latenciesBefore.summary()))
    isFinished = true
  }
}
