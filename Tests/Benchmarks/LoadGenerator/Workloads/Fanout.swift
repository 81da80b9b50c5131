// Rooms with subscribers: every member receives each message of a room once, in order, up to the last one.
import EventLoop
import Posix

/// The first connections of each room also send. In a closed loop each keeps a number of messages in flight and sends the next one when the
/// server acknowledges one as durable, so a counted message is on disk. In an open loop they send in turn at the timer's rate. Every
/// connection checks the id and seq of every delivery, and that its bytes equal those received first, whose checksum is verified; the age
/// of every 61st delivery is measured.
final class Fanout: EventHandler {
  typealias Message = DriverCommand

  /// Prime, so that samples do not always fall on the same message of a batch.
  private static let sampleEvery = 61
  /// Nanoseconds until every connection must have received the last message.
  private static let drainMax: Int64 = 30_000_000_000

  /// The last id and seq that a connection received.
  private struct Received {
    var id = 0
    var seq = 0
  }

  private let plan: Plan
  private let connections: WebSocketConnections
  private var stopwatch: Stopwatch
  private let timer: OpenLoopTimer?
  /// Connections that send.
  private let senders: [Int]
  private let isSender: [Bool]
  /// The room index of each connection.
  private let rooms: [Int]
  private var received: [Received]
  private var seqTables: [SeqTable]
  private var acknowledged = 0
  private var latencies = Latencies()
  private var sentCount = 0
  /// The last seq that each room's sender assigned (nchan).
  private var seqByRoom: [Int]
  private var untilSample = sampleEvery
  private var deliveries = 0
  private var bytes = 0
  /// The counters at the start of measuring; afterwards their increase until its end.
  private var measured = (deliveries: 0, bytes: 0, reads: 0, acknowledged: 0)
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<DriverCommand>) throws {
    self.plan = plan
    connections = try WebSocketConnections(plan, loop)
    stopwatch = Stopwatch(plan)
    timer = try OpenLoopTimer(plan, loop)
    (rooms, senders) = Self.assignRooms(plan)
    seqByRoom = Array(repeating: 0, count: (rooms.max() ?? 0) + 1)
    isSender = plan.connections.indices.map(Set(senders).contains)
    seqTables = Array(repeating: SeqTable(), count: (rooms.max() ?? 0) + 1)
    received = Array(repeating: Received(), count: plan.connections.count)
    connections.open(upTo: plan.connections.count)
  }

  // MARK: EventHandler

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    guard token != OpenLoopTimer.token else { return sendDue() }
    connections.ready(token, readiness) { connection, text in handle(connection, text) }
  }

  func handle(_ messages: [DriverCommand]) {
    if messages.containsStop { isFinished = true }
  }

  func tick(_ now: Int64) {
    // One tick after the last connection opened, presence is published.
    guard stopwatch.stage == .opening, connections.areAllOpen else { return }
    Report.phase(.opened)
    stopwatch.start(at: Clock.monotonicNanoseconds())
    if let timer { return timer.start() }
    for sender in senders {
      for _ in 0..<plan.inFlight { send(from: sender, at: Clock.monotonicNanoseconds()) }
    }
  }

  func iterationEnded() {
    connections.flush()
    let now = Clock.monotonicNanoseconds()
    switch stopwatch.advance(at: now) {
    case .measuring?:
      Report.phase(.measuring)
      measured = (deliveries, bytes, connections.reads, acknowledged)
    case .draining?:
      Report.phase(.measured)
      measured = (
        deliveries - measured.deliveries, bytes - measured.bytes, connections.reads - measured.reads, acknowledged - measured.acknowledged
      )
    default:
      if stopwatch.isDraining, !isFinished { drain(now) }
    }
  }

  // MARK: Sending and receiving

  private func sendDue() {
    timer?.runDue { due in
      if !stopwatch.isDraining { send(from: senders[sentCount % senders.count], at: due) }
    }
  }

  private func send(from sender: Int, at time: Int64) {
    let stamp = MessageStamp(number: sentCount, sentAt: time)
    sentCount += 1
    switch plan.dialect {
    case .echochat:
      connections.send(sender, MessageEncoder.command(stamp, room: plan.connections[sender].room, run: plan.run))
    case .nchan:
      seqByRoom[rooms[sender]] += 1
      connections.send(
        sender, MessageEncoder.event(stamp, seq: seqByRoom[rooms[sender]], room: plan.connections[sender].room, run: plan.run))
    }
  }

  private func handle(_ connection: Int, _ text: UnsafeRawBufferPointer) {
    switch ServerFrame.read(text) {
    case .newMessage(let id, let seq)?:
      guard id > received[connection].id, seq == received[connection].seq + 1 else {
        Report.invalid(
          "connection \(connection) received id \(id), seq \(seq) after id \(received[connection].id), seq \(received[connection].seq)")
      }
      received[connection] = Received(id: id, seq: seq)
      deliveries += 1
      bytes += text.count
      switch seqTables[rooms[connection]].compare(text, at: seq) {
      case .first: read(connection, text, seq)
      case .same: break
      case .different: Report.invalid("connection \(connection) received seq \(seq) with other bytes than the rest: \(text.text)")
      }
      untilSample -= 1
      if untilSample == 0 { sampleAge(text) }
      // A publisher's own message is its only acknowledgement.
      if plan.dialect == .nchan, isSender[connection], let stamp = MessageStamp.read(in: text) { completed(connection, stamp.number, seq) }
    case .ok(let number, let seq)?:
      completed(connection, number, seq)
    case .durable(let id)?:
      guard id > received[connection].id else {
        Report.invalid("connection \(connection) received id \(id) after id \(received[connection].id)")
      }
      received[connection].id = id
    case .ephemeral?:
      break
    case .error?, .welcome?, nil:
      Report.invalid("connection \(connection) received \(text.text)")
    }
  }

  private func completed(_ connection: Int, _ number: Int, _ seq: Int) {
    guard seqTables[rooms[connection]].acknowledge(number, at: seq) else {
      Report.invalid("seq \(seq) was assigned to message \(number) and to another one")
    }
    acknowledged += 1
    if timer == nil, !stopwatch.isDraining { send(from: connection, at: Clock.monotonicNanoseconds()) }
  }

  private func read(_ connection: Int, _ text: UnsafeRawBufferPointer, _ seq: Int) {
    guard let stamp = MessageStamp.read(in: text) else { Report.invalid("a message arrived changed: \(text.text)") }
    guard seqTables[rooms[connection]].record(stamp.number, at: seq) else {
      Report.invalid("seq \(seq) is message \(stamp.number) on one connection and another on others")
    }
  }

  private func sampleAge(_ text: UnsafeRawBufferPointer) {
    untilSample = Self.sampleEvery
    guard stopwatch.isMeasuring, let stamp = MessageStamp.read(in: text) else { return }
    latencies.append(Clock.monotonicNanoseconds() - stamp.sentAt)
  }

  /// Numbers the rooms, and finds the first connections of each.
  private static func assignRooms(_ plan: Plan) -> (rooms: [Int], senders: [Int]) {
    var numbers: [String: Int] = [:]
    var counts: [Int] = []
    var senders: [Int] = []
    let rooms = plan.connections.enumerated().map { connection, member in
      let room = numbers[member.room] ?? numbers.count
      if room == counts.count {
        numbers[member.room] = room
        counts.append(0)
      }
      if counts[room] < plan.senders { senders.append(connection) }
      counts[room] += 1
      return room
    }
    return (rooms, senders)
  }

  // MARK: Draining

  /// Sends nothing more; waits until every message is acknowledged and every connection has received it.
  private func drain(_ now: Int64) {
    let lagging = acknowledged == sentCount ? received.indices.count { received[$0].seq != seqTables[rooms[$0]].last } : received.count
    guard lagging == 0 else {
      if now - stopwatch.since > Self.drainMax {
        Report.invalid(
          "\(sentCount - acknowledged) messages were never acknowledged, \(lagging) connections never received the last one")
      }
      return
    }
    if let seqTable = seqTables.first(where: { !$0.isDense }) {
      Report.invalid("\(seqTable.acknowledged) messages of a room were acknowledged, but the last one is seq \(seqTable.last)")
    }
    Report.done(
      RunResult(
        seconds: stopwatch.measuredSeconds, units: measured.deliveries, messages: measured.acknowledged, deliveredBytes: measured.bytes,
        reads: measured.reads, latency: latencies.summary(), drainSeconds: Double(now - stopwatch.since) / 1e9))
    isFinished = true
  }
}
