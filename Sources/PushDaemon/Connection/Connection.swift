// One client's line.
import Domain
import EventLoop
import WebSocket

/// Kept small: thousands of these live side by side and most of them are silent. What only some lines need, and those for a moment, is in
/// objects of its own: `PendingHandshake`, `CatchUp`, `PartialIO`.
final class Connection {
  /// Where the line is on its way from the handshake to the end.
  enum Stage {
    /// Reads the HTTP request.
    case handshake(PendingHandshake)
    /// Speaks WebSocket, waits for the `authenticate` command.
    case signIn(PendingHandshake)
    /// The threadPool look up who it is and what she missed; nothing is read meanwhile.
    case arriving(PendingHandshake)
    /// Hears what she missed, as fast as she takes it.
    case catchingUp(CatchUp)
    /// Hears what happens.
    case live
    /// Hears nothing more; our Close frame is on its way.
    case closing
    /// Was no WebSocket: closed once the HTTP answer is written.
    case answeredPlainly
    /// The socket is closed; who still holds the object lets it be.
    case gone
  }

  /// How a publication reaches a line.
  enum Part: UInt8 {
    /// Its room's chunk is all there is for it.
    case oneRoom
    /// It is in several rooms that have news: these are to be merged.
    case severalRooms
    /// That is being done.
    case merged
    /// Its person was walked through all events, one by one.
    case walked
  }

  let token: Token
  let socket: Int32
  /// Cannot overflow: it is not read on from `PushLoop.commandsInFlightMax` on, and what was read by then holds less than 64 KiB / 6 frames.
  var commandsInFlight: UInt16 = 0
  var consecutiveRateLimitErrors: UInt8 = 0
  /// Of the latest publication that it took part in; see `PushLoop.publish`.
  var part = Part.oneRoom
  var stage: Stage
  /// Whose line it is, once signed in.
  var person: Person?
  var session = SessionRowID(0)
  /// Wall clock, seconds.
  var tokenExpiresAt: Int64 = .max
  /// The loop's clock, milliseconds: when the peer was last heard.
  var lastHeard: Int64
  var lastTyping: Int64 = 0
  /// The publication to which `part` belongs.
  var turn: UInt32 = 0
  var isDirty = false
  var waitsForWriting = false
  var isReadingPaused = false
  var isPinged = false
  /// Zero for none: an optional number would take twice the room.
  private var onlyRoomNumber: Int64 = 0
  private var unfinished: PartialIO?

  init(_ token: Token, socket: Int32, stage: Stage, lastHeard: Int64) {
    self.token = token
    self.socket = socket
    self.stage = stage
    self.lastHeard = lastHeard
  }

  /// Hears only of this room (`/ws?room=`).
  var onlyRoom: RoomRowID? {
    get { onlyRoomNumber == 0 ? nil : RoomRowID(onlyRoomNumber) }
    set { onlyRoomNumber = newValue?.value ?? 0 }
  }

  var isLive: Bool { if case .live = stage { true } else { false } }
  /// Nothing new is written to it.
  var isClosing: Bool {
    switch stage {
    case .closing, .answeredPlainly: true
    default: false
    }
  }
  var isAnsweredPlainly: Bool { if case .answeredPlainly = stage { true } else { false } }
  var isGone: Bool { if case .gone = stage { true } else { false } }

  func hears(_ room: RoomRowID) -> Bool { onlyRoomNumber == 0 || onlyRoomNumber == room.value }
}

// MARK: What is unfinished

/// What a line holds only as long as something is half received or half sent.
final class PartialIO {
  var outbox = SendBuffer()
  /// Nil between two messages of a line that is not closing.
  var protocolState: ProtocolState?
}

extension Connection {
  /// Bytes that wait to be sent.
  var unsentBytes: Int { unfinished?.outbox.count ?? 0 }
  var hasSentClose: Bool { unfinished?.protocolState?.hasSentClose ?? false }
  var hasReceivedClose: Bool { unfinished?.protocolState?.hasReceivedClose ?? false }
  var isProtocolFinished: Bool { unfinished?.protocolState?.isFinished ?? false }

  /// Reads on in `input` to the next event. Nearly always a message lies there whole: then nothing of it is kept.
  func nextEvent(in input: inout ReceivedBytes, limits: ProtocolState.Limits) -> ProtocolState.Event? {
    var state = unfinished?.protocolState ?? ProtocolState(role: .server)
    let event = state.nextEvent(in: &input, limits: limits)
    keep(state)
    return event
  }

  /// Changes the protocol's state, such as by writing a Close frame, and queues what is written meanwhile.
  func withProtocol(_ body: (inout ProtocolState, inout [UInt8]) -> Void) {
    var state = unfinished?.protocolState ?? ProtocolState(role: .server)
    var bytes: [UInt8] = []
    body(&state, &bytes)
    keep(state)
    queue(bytes)
  }

  private func keep(_ state: ProtocolState) {
    guard state.isIdle else {
      beginSomething().protocolState = state
      return
    }
    if unfinished?.protocolState != nil {
      unfinished?.protocolState = nil
      letGo()
    }
  }

  /// Queues bytes to be sent by `flush`.
  func queue(_ bytes: UnsafeRawBufferPointer) {
    if !bytes.isEmpty { beginSomething().outbox.append(bytes) }
  }

  func queue(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { queue($0) }
  }

  /// Queues one text message.
  func queue(text: [UInt8]) {
    beginSomething().outbox.write { FrameWriter.append(.text, text, to: &$0) }
  }

  /// Sends what waits, as far as the socket takes it.
  func flush() -> SendBuffer.Outcome {
    guard let unfinished else { return .drained }
    let outcome = unfinished.outbox.flush(to: socket)
    letGo()
    return outcome
  }

  /// Sends bytes that many lines share; they are copied only if something waits already or the socket is full.
  @inline(__always)
  func send(shared bytes: UnsafeRawBufferPointer) -> SendBuffer.Outcome {
    if unsentBytes == 0 {
      let (sent, outcome) = SendBuffer.send(bytes, to: socket)
      if outcome == .blocked { queue(UnsafeRawBufferPointer(rebasing: bytes[sent...])) }
      return outcome
    }
    queue(bytes)
    return .blocked
  }

  private func beginSomething() -> PartialIO {
    if let unfinished { return unfinished }
    let unfinished = PartialIO()
    self.unfinished = unfinished
    return unfinished
  }

  private func letGo() {
    if let unfinished, unfinished.protocolState == nil, unfinished.outbox.isEmpty { self.unfinished = nil }
  }
}
