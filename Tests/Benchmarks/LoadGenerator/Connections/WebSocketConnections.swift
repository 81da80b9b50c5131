// WebSocket connections and event streams by index: opened a few at a time; the end of any of them makes the run invalid.
import Auth
import EventLoop
import Glibc
import Posix
import WebSocket

final class WebSocketConnections {
  private enum Stage {
    case handshake(ClientHandshake)
    /// Waits for `welcome`.
    case awaitingWelcome
    case open
  }

  private struct Connection {
    let socket: Int32
    var stage: Stage
    /// Reads server-sent events instead of frames.
    var events: EventStreamReader?
    /// The start of an incomplete frame or handshake response.
    var rest: [UInt8] = []
    var sendBuffer = SendBuffer()
    var isDirty = false
    var isWaitingForWrite = false
  }

  private let loop: EventLoop<DriverCommand>
  private let address: SocketAddress
  private let members: [Plan.Connection]
  private let dialect: Plan.Dialect
  private let openingMax: Int
  private let buffer = ReceiveBuffer()
  private var connections: [Connection] = []
  private var dirty: [Int] = []
  private var faultInjector: FaultInjector?
  /// Connections to be open.
  private var target = 0
  /// Open connections.
  private(set) var openCount = 0
  /// Reads that returned bytes: fewer than frames, if the server writes several at once.
  private(set) var reads = 0

  init(_ plan: Plan, _ loop: EventLoop<DriverCommand>, openingMax: Int = Connector.openingMax) throws(Errno) {
    self.loop = loop
    self.openingMax = openingMax
    address = try plan.server()
    members = plan.connections
    dialect = plan.dialect
    faultInjector = plan.fault.map(FaultInjector.init)
  }

  var areAllOpen: Bool { openCount == target }

  /// Opens connections until there are `count`.
  func open(upTo count: Int) {
    target = count
    openMore()
  }

  /// Reads and writes what the socket is ready for; calls `handle` with the payload of each text frame except `welcome`.
  func ready(_ token: Token, _ readiness: Epoll.Readiness, _ handle: (Int, UnsafeRawBufferPointer) -> Void) {
    let index = Int(token.slot)
    if readiness.canWrite { flush(index) }
    if readiness.canRead { read(index, handle) }
  }

  /// Queues a text frame; `flush` sends all that were queued in an iteration.
  func send(_ index: Int, _ text: [UInt8]) {
    connections[index].sendBuffer.write { FrameWriter.appendMasked(.text, text, key: .random(), to: &$0) }
    markDirty(index)
  }

  func flush() {
    for index in dirty {
      connections[index].isDirty = false
      flush(index)
    }
    dirty.removeAll(keepingCapacity: true)
  }

  // MARK: Opening

  private func openMore() {
    while connections.count < target, connections.count - openCount < openingMax {
      let index = connections.count
      do {
        let socket = try Connector.connect(to: address)
        let member = members[index]
        if member.readsEvents == true {
          connections.append(Connection(socket: socket, stage: .awaitingWelcome, events: EventStreamReader()))
          let head = ["GET /api/v1/events HTTP/1.1", "Host: \(address)", "Authorization: Bearer \(member.token)", "", ""]
          connections[index].sendBuffer.append(Array(head.joined(separator: "\r\n").utf8))
        } else {
          let handshake = ClientHandshake()
          connections.append(Connection(socket: socket, stage: .handshake(handshake)))
          connections[index].sendBuffer.write { out in
            let bearer = HTTPHeader("Authorization", "Bearer \(member.token)")
            handshake.appendRequest(target: target(of: member), host: "\(address)", headers: [bearer], to: &out)
          }
        }
        try loop.add(socket, .read, token(index))
        flush(index)
      } catch {
        Report.invalid("opening connection \(index + 1): \(error)")
      }
    }
  }

  /// Returns the length of the server's handshake response; nil if it is incomplete.
  private func handleHandshake(_ index: Int, _ handshake: ClientHandshake, _ bytes: UnsafeRawBufferPointer) -> Int? {
    // Parses from the start each time: the response nearly always arrives in one piece.
    var handshake = handshake
    switch handshake.parse(bytes) {
    case .needMore:
      return nil
    case .malformed(let reason):
      Report.invalid("the handshake of connection \(index): \(reason)")
    case .answer(let answer, let consumed):
      guard handshake.isAccepted(by: answer, sha1: Digest.sha1) else {
        Report.invalid("the handshake of connection \(index): \(bytes.text)")
      }
      connections[index].stage = .awaitingWelcome
      if dialect == .nchan { opened(index) }
      return consumed
    }
  }

  private func handleWelcome(_ index: Int, _ text: UnsafeRawBufferPointer) {
    guard case .welcome? = ServerFrame.read(text) else { Report.invalid("the first frame of connection \(index): \(text.text)") }
    if members[index].since != nil, !text.text.contains("\"resumed\":true") {
      Report.invalid("connection \(index) did not resume: \(text.text)")
    }
    opened(index)
  }

  private func opened(_ index: Int) {
    connections[index].stage = .open
    openCount += 1
    openMore()
  }

  private func target(of connection: Plan.Connection) -> String {
    switch dialect {
    case .echochat: connection.since.map { "/ws?since=\($0)" } ?? "/ws"
    case .nchan: "/channels/\(connection.room)"
    }
  }

  // MARK: Reading

  private func read(_ index: Int, _ handle: (Int, UnsafeRawBufferPointer) -> Void) {
    let bytes = buffer.read(connections[index].socket, after: connections[index].rest) {
      Report.invalid("connection \(index) was closed by the server")
    }
    guard var bytes else { return }
    reads += 1
    if connections[index].events != nil { return readEvents(index, bytes, handle) }
    if case .handshake(let handshake) = connections[index].stage {
      if let consumed = handleHandshake(index, handshake, bytes) { bytes = UnsafeRawBufferPointer(rebasing: bytes[consumed...]) }
    }
    if case .handshake = connections[index].stage {} else { readFrames(index, &bytes, handle) }
    connections[index].rest.removeAll(keepingCapacity: true)
    connections[index].rest.append(contentsOf: bytes)
  }

  private func readEvents(_ index: Int, _ bytes: UnsafeRawBufferPointer, _ handle: (Int, UnsafeRawBufferPointer) -> Void) {
    // Taken out meanwhile: handling an event may change the connection.
    guard var events = connections[index].events.take() else { return }
    do {
      try events.read(bytes) { payload in received(index, payload, handle) }
    } catch {
      Report.invalid("the event stream of connection \(index): \(error.reason)")
    }
    connections[index].events = events
  }

  private func received(_ index: Int, _ text: UnsafeRawBufferPointer, _ handle: (Int, UnsafeRawBufferPointer) -> Void) {
    if case .open = connections[index].stage { deliver(index, text, handle) } else { handleWelcome(index, text) }
  }

  /// Removes the complete frames from the front of `bytes`.
  private func readFrames(_ index: Int, _ bytes: inout UnsafeRawBufferPointer, _ handle: (Int, UnsafeRawBufferPointer) -> Void) {
    while case .header(let header, let size) = FrameHeader.read(bytes, from: .server) {
      let end = size + Int(header.payloadCount)
      guard end <= bytes.count else { return }
      let payload = UnsafeRawBufferPointer(rebasing: bytes[size..<end])
      bytes = UnsafeRawBufferPointer(rebasing: bytes[end...])
      switch header.opcode {
      case .text where header.isFinal:
        received(index, payload, handle)
      case .ping:
        connections[index].sendBuffer.write { FrameWriter.appendMasked(.pong, payload, key: .random(), to: &$0) }
        markDirty(index)
      case .pong:
        break
      case .close where payload.count >= 2:
        Report.invalid("connection \(index) was closed: \(Int(payload[0]) << 8 | Int(payload[1])) \(payload[2...].text)")
      default:
        Report.invalid("connection \(index): an unexpected frame, \(header)")
      }
    }
    if case .violation(let violation) = FrameHeader.read(bytes, from: .server) {
      Report.invalid("connection \(index): \(violation.reason)")
    }
  }

  private func deliver(_ index: Int, _ text: UnsafeRawBufferPointer, _ handle: (Int, UnsafeRawBufferPointer) -> Void) {
    if faultInjector == nil { handle(index, text) } else { faultInjector?.pass(index, text, handle) }
  }

  // MARK: Writing

  private func markDirty(_ index: Int) {
    guard !connections[index].isDirty else { return }
    connections[index].isDirty = true
    dirty.append(index)
  }

  private func flush(_ index: Int) {
    let outcome = connections[index].sendBuffer.flush(to: connections[index].socket)
    guard outcome != .gone else { Report.invalid("connection \(index) was reset by the server") }
    let waits = outcome == .blocked
    guard waits != connections[index].isWaitingForWrite else { return }
    connections[index].isWaitingForWrite = waits
    try? loop.change(connections[index].socket, waits ? [.read, .write] : .read, token(index))
  }

  /// An index is never reused, so there is one generation.
  private func token(_ index: Int) -> Token { Token(slot: UInt32(index), generation: 1) }
}

extension Slice<UnsafeRawBufferPointer> {
  fileprivate var text: String { UnsafeRawBufferPointer(rebasing: self).text }
}
