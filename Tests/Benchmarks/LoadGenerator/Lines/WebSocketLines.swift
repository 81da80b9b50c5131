// WebSocket connections by number: opened a few at a time, read, written, and none of them ever allowed to end.
import Auth
import EventLoop
import Glibc
import Posix
import WebSocket

final class WebSocketLines {
  private enum Stage {
    case handshake(ClientHandshake)
    /// Waits for `welcome`.
    case greeting
    case open
  }

  private struct Line {
    let socket: Int32
    var stage: Stage
    /// The beginning of a frame (or of the server's handshake) whose end has not arrived.
    var rest: [UInt8] = []
    var outbox = SendBuffer()
    var isDirty = false
    var waitsForWriting = false
  }

  private let loop: EventLoop<Order>
  private let address: SocketAddress
  private let members: [Plan.Line]
  private let dialect: Plan.Dialect
  private let openingMax: Int
  private let buffer = ReceiveBuffer()
  private var lines: [Line] = []
  private var dirty: [Int] = []
  private var sabotage: Sabotage?
  /// Lines to be open.
  private var target = 0
  /// Lines that are open.
  private(set) var openCount = 0
  /// Reads that brought something: fewer than frames, when the server writes several at once.
  private(set) var reads = 0

  init(_ plan: Plan, _ loop: EventLoop<Order>, openingMax: Int = Dial.openingMax) throws(Errno) {
    self.loop = loop
    self.openingMax = openingMax
    address = try plan.server()
    members = plan.lines
    dialect = plan.dialect
    sabotage = plan.sabotage.map(Sabotage.init)
  }

  var areOpen: Bool { openCount == target }

  /// Opens lines until there are `count`.
  func open(upTo count: Int) {
    target = count
    openMore()
  }

  /// Does what the socket is ready for; calls `heard` with the payload of each text frame but `welcome`.
  func ready(_ token: Token, _ readiness: Epoll.Readiness, _ heard: (Int, UnsafeRawBufferPointer) -> Void) {
    let index = Int(token.slot)
    if readiness.canWrite { flush(index) }
    if readiness.canRead { read(index, heard) }
  }

  /// Queues a text frame; `flush` sends it, with what else the turn brings.
  func send(_ index: Int, _ text: [UInt8]) {
    lines[index].outbox.write { FrameWriter.appendMasked(.text, text, key: .random(), to: &$0) }
    markDirty(index)
  }

  func flush() {
    for index in dirty {
      lines[index].isDirty = false
      flush(index)
    }
    dirty.removeAll(keepingCapacity: true)
  }

  // MARK: Opening

  private func openMore() {
    while lines.count < target, lines.count - openCount < openingMax {
      let index = lines.count
      do {
        let socket = try Dial.open(address)
        let handshake = ClientHandshake()
        lines.append(Line(socket: socket, stage: .handshake(handshake)))
        lines[index].outbox.write { out in
          let bearer = HTTPHeader("Authorization", "Bearer \(members[index].token)")
          handshake.appendRequest(target: target(of: members[index]), host: "\(address)", headers: [bearer], to: &out)
        }
        try loop.add(socket, .read, token(index))
        flush(index)
      } catch {
        Report.void("opening connection \(index + 1): \(error)")
      }
    }
  }

  /// Answers how many bytes the server's handshake took; nil if it is not there yet.
  private func shakeHands(_ index: Int, _ handshake: ClientHandshake, _ bytes: UnsafeRawBufferPointer) -> Int? {
    // From the beginning each time: a handshake comes in one piece, and all of it is in `bytes`.
    var handshake = handshake
    switch handshake.parse(bytes) {
    case .needMore:
      return nil
    case .malformed(let reason):
      Report.void("the handshake of connection \(index): \(reason)")
    case .answer(let answer, let consumed):
      guard handshake.isAccepted(by: answer, sha1: Digest.sha1) else { Report.void("the handshake of connection \(index): \(bytes.text)") }
      lines[index].stage = .greeting
      if dialect == .nchan { opened(index) }
      return consumed
    }
  }

  private func greeted(_ index: Int, _ text: UnsafeRawBufferPointer) {
    guard case .welcome? = Heard.read(text) else { Report.void("the first frame of connection \(index): \(text.text)") }
    if members[index].since != nil, !text.text.contains("\"resumed\":true") {
      Report.void("connection \(index) did not resume: \(text.text)")
    }
    opened(index)
  }

  private func opened(_ index: Int) {
    lines[index].stage = .open
    openCount += 1
    openMore()
  }

  private func target(of line: Plan.Line) -> String {
    switch dialect {
    case .echochat: line.since.map { "/ws?since=\($0)" } ?? "/ws"
    case .nchan: "/channels/\(line.room)"
    }
  }

  // MARK: Reading

  private func read(_ index: Int, _ heard: (Int, UnsafeRawBufferPointer) -> Void) {
    let bytes = buffer.read(lines[index].socket, after: lines[index].rest) { Report.void("connection \(index) was closed by the server") }
    guard var bytes else { return }
    reads += 1
    if case .handshake(let handshake) = lines[index].stage {
      if let consumed = shakeHands(index, handshake, bytes) { bytes = UnsafeRawBufferPointer(rebasing: bytes[consumed...]) }
    }
    if case .handshake = lines[index].stage {} else { readFrames(index, &bytes, heard) }
    lines[index].rest.removeAll(keepingCapacity: true)
    lines[index].rest.append(contentsOf: bytes)
  }

  /// Takes the whole frames off the front of `bytes`.
  private func readFrames(_ index: Int, _ bytes: inout UnsafeRawBufferPointer, _ heard: (Int, UnsafeRawBufferPointer) -> Void) {
    while case .header(let header, let size) = FrameHeader.read(bytes, from: .server) {
      let end = size + Int(header.payloadCount)
      guard end <= bytes.count else { return }
      let payload = UnsafeRawBufferPointer(rebasing: bytes[size..<end])
      bytes = UnsafeRawBufferPointer(rebasing: bytes[end...])
      switch header.opcode {
      case .text where header.isFinal:
        if case .open = lines[index].stage { hear(index, payload, heard) } else { greeted(index, payload) }
      case .ping:
        lines[index].outbox.write { FrameWriter.appendMasked(.pong, payload, key: .random(), to: &$0) }
        markDirty(index)
      case .pong:
        break
      case .close where payload.count >= 2:
        Report.void("connection \(index) was closed: \(Int(payload[0]) << 8 | Int(payload[1])) \(payload[2...].text)")
      default:
        Report.void("connection \(index): an unexpected frame, \(header)")
      }
    }
    if case .violation(let violation) = FrameHeader.read(bytes, from: .server) { Report.void("connection \(index): \(violation.reason)") }
  }

  private func hear(_ index: Int, _ text: UnsafeRawBufferPointer, _ heard: (Int, UnsafeRawBufferPointer) -> Void) {
    if sabotage == nil { heard(index, text) } else { sabotage?.pass(index, text, heard) }
  }

  // MARK: Writing

  private func markDirty(_ index: Int) {
    guard !lines[index].isDirty else { return }
    lines[index].isDirty = true
    dirty.append(index)
  }

  private func flush(_ index: Int) {
    let outcome = lines[index].outbox.flush(to: lines[index].socket)
    guard outcome != .gone else { Report.void("connection \(index) was reset by the server") }
    let waits = outcome == .blocked
    guard waits != lines[index].waitsForWriting else { return }
    lines[index].waitsForWriting = waits
    try? loop.change(lines[index].socket, waits ? [.read, .write] : .read, token(index))
  }

  /// A line is never replaced, so the first tenant's token is the only one.
  private func token(_ index: Int) -> Token { Token(slot: UInt32(index), generation: 1) }
}

extension Slice<UnsafeRawBufferPointer> {
  fileprivate var text: String { UnsafeRawBufferPointer(rebasing: self).text }
}
