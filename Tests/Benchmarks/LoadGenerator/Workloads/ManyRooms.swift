// Many rooms that share their users: each of a number of messages in flight is of a random member, to a random one of their rooms.
import EventLoop
import Posix

/// A closed loop. Once a message is acknowledged as durable, the next one goes to any room, from any of its members. Every member receives
/// each message of their rooms once, in order and unchanged.
final class ManyRooms: EventHandler {
  typealias Message = DriverCommand

  private static let drainMax: Int64 = 30_000_000_000

  private struct SentMessage {
    let room: Int
    let sentAt: Int64
    var isAcknowledged = false
  }

  /// A room, its members as connections, and the last seq that each of them received, counted from the start of the run.
  private struct Room {
    let id: String
    let members: [Int]
    let firstSeq: Int
    var received: [Int]
    var seqTable = SeqTable()
  }

  private static let roomName = Needle("oom_id\":")

  private let plan: Plan
  private let connections: WebSocketConnections
  private var stopwatch: Stopwatch
  private var rooms: [Room]
  private var sent: [SentMessage] = []
  private var random = SplitMix64(seed: 2)
  private var acknowledged = 0
  private var latencies = Latencies()
  private(set) var isFinished = false

  init(_ plan: Plan, _ loop: EventLoop<DriverCommand>) throws {
    self.plan = plan
    connections = try WebSocketConnections(plan, loop)
    stopwatch = Stopwatch(plan)
    rooms = (plan.rooms ?? []).map { room in
      Room(id: room.room, members: room.members, firstSeq: room.seq, received: room.members.map { _ in 0 })
    }
    guard !rooms.isEmpty, rooms.allSatisfy({ !$0.members.isEmpty }) else { throw Errno("rooms with members", code: 22) }
    connections.open(upTo: plan.connections.count)
  }

  // MARK: EventHandler

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    connections.ready(token, readiness) { connection, text in handle(connection, text) }
  }

  func handle(_ messages: [DriverCommand]) {
    if messages.containsStop { isFinished = true }
  }

  func tick(_ now: Int64) {
    guard stopwatch.stage == .opening, connections.areAllOpen else { return }
    Report.phase(.opened)
    stopwatch.start(at: Clock.monotonicNanoseconds())
    for _ in 0..<plan.inFlight { send() }
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

  // MARK: Sending and receiving

  private func send() {
    let room = Int.random(in: rooms.indices, using: &random)
    let member = rooms[room].members[Int.random(in: rooms[room].members.indices, using: &random)]
    let stamp = MessageStamp(number: sent.count, sentAt: Clock.monotonicNanoseconds())
    sent.append(SentMessage(room: room, sentAt: stamp.sentAt))
    connections.send(member, MessageEncoder.command(stamp, room: rooms[room].id, run: plan.run))
  }

  private func handle(_ connection: Int, _ text: UnsafeRawBufferPointer) {
    switch ServerFrame.read(text) {
    case .newMessage(_, let seq)?: received(connection, seq, text)
    case .ok(let number, let seq)?: completed(connection, number, seq)
    case .durable?, .ephemeral?: break
    case .error?, .welcome?, nil: Report.invalid("connection \(connection) received \(text.text)")
    }
  }

  private func received(_ connection: Int, _ seq: Int, _ text: UnsafeRawBufferPointer) {
    guard let stamp = MessageStamp.read(in: text), sent.indices.contains(stamp.number) else {
      Report.invalid("a message arrived changed: \(text.text)")
    }
    let index = sent[stamp.number].room
    guard isOf(rooms[index], text), let member = rooms[index].members.firstIndex(of: connection) else {
      Report.invalid("connection \(connection) received a message of another room: \(text.text)")
    }
    let place = seq - rooms[index].firstSeq
    guard place == rooms[index].received[member] + 1 else {
      Report.invalid("connection \(connection), after seq \(rooms[index].received[member] + rooms[index].firstSeq), received \(text.text)")
    }
    rooms[index].received[member] = place
    guard rooms[index].seqTable.record(stamp.number, at: place) else { Report.invalid("seq \(seq) is two messages: \(text.text)") }
  }

  private func completed(_ connection: Int, _ number: Int, _ seq: Int) {
    guard sent.indices.contains(number), !sent[number].isAcknowledged,
      rooms[sent[number].room].seqTable.acknowledge(number, at: seq - rooms[sent[number].room].firstSeq)
    else { Report.invalid("message \(number) was acknowledged twice, or its seq \(seq) is another one's") }
    sent[number].isAcknowledged = true
    acknowledged += 1
    if stopwatch.isMeasuring { latencies.append(Clock.monotonicNanoseconds() - sent[number].sentAt) }
    if !stopwatch.isDraining { send() }
  }

  private func isOf(_ room: Room, _ text: UnsafeRawBufferPointer) -> Bool {
    guard let quote = text.end(of: Self.roomName), quote + 1 + room.id.utf8.count < text.count else { return false }
    return text[(quote + 1)..<(quote + 1 + room.id.utf8.count)].elementsEqual(room.id.utf8)
  }

  private func drain(_ now: Int64) {
    let open = sent.count - acknowledged
    let lagging = rooms.count { room in room.received.contains { $0 != room.seqTable.last } }
    guard open == 0, lagging == 0 else {
      if now - stopwatch.since > Self.drainMax {
        Report.invalid("\(open) messages were never acknowledged, in \(lagging) rooms a member never received the last one")
      }
      return
    }
    if let room = rooms.first(where: { !$0.seqTable.isDense }) {
      Report.invalid("\(room.seqTable.acknowledged) messages of a room were acknowledged, but the last one is its \(room.seqTable.last)th")
    }
    let summary = latencies.summary()
    Report.done(RunResult(seconds: stopwatch.measuredSeconds, units: summary.samples, messages: summary.samples, latency: summary))
    isFinished = true
  }
}
