// Where one connection stands in RFC 6455: what is half received, and how far the closing handshake has come.

/// The protocol of one connection as a value: bytes in, events out, responses into the caller's buffer. No sockets, clocks or callbacks.
///
///     var received = ReceivedBytes(buffer)
///     while let event = connection.protocolState.nextEvent(in: &received, limits: limits) {
///       …  // may call any method here, also close and forget the connection: nothing is borrowed between two events
///     }
///
/// Between messages it owns no memory of its own; a partial frame or fragmented message is kept until it is whole, and let go of then.
public struct ProtocolState {
  /// Fragments and partial frames of the data message under way, unmasked.
  var message: [UInt8] = []
  /// The beginning of a header, or of a control frame's payload, of which the rest has not arrived.
  var partialHeader: [UInt8] = []
  /// Bytes of the current frame's payload that have not arrived.
  var awaited = 0
  /// For the next byte of the current frame's payload; zero, which changes nothing, if it is not masked.
  var maskingKey = MaskingKey(bits: 0)
  /// Frames of the message under way, the current one included.
  var fragments: UInt32 = 0
  /// Where the text message under way stands.
  var validator = UTF8Validator()
  /// The frame whose payload is being received; nil between frames.
  var frame: Opcode?
  /// `text` or `binary` from the first frame of a message to its last; nil between messages.
  var messageKind: Opcode?
  var frameIsFinal = false

  public let role: Role
  /// Whether our Close frame was written. From then on we send nothing, and data, pings and pongs that still arrive are passed over.
  public private(set) var hasSentClose = false
  /// Whether the peer's Close frame was read.
  public private(set) var hasReceivedClose = false
  /// Whether a `violation` was reported.
  public private(set) var hasFailed = false

  public init(role: Role) {
    self.role = role
  }
}

extension ProtocolState {
  /// Whether nothing more is read: a `close` or `violation` was reported.
  public var hasEnded: Bool { hasReceivedClose || hasFailed }

  /// Whether the socket has no purpose any more once what was written is sent: both Close frames are through, or the protocol was broken and
  /// our Close frame says so. (A server closes the socket first, RFC 6455 section 7.1.1.)
  public var isFinished: Bool { hasSentClose && hasEnded }

  /// Whether the last byte read was the last of a frame that ended its message.
  public var isBetweenMessages: Bool { frame == nil && messageKind == nil && partialHeader.isEmpty }

  /// Whether it is as it was in the beginning, so that nothing of it need be kept.
  public var isIdle: Bool { isBetweenMessages && !hasSentClose && !hasEnded }

  /// Heap bytes held for what is half received; 0 between messages.
  public var heldBytes: Int { message.capacity + partialHeader.capacity }
}

extension ProtocolState {
  /// Appends what RFC 6455 makes us answer: to a ping a pong with the same payload (section 5.5.3), to a close a close with the same code, or
  /// without one if it had none (5.5.1), to a violation a close that names it (7.1.7). Everything else, and everything after our own Close
  /// frame, is answered with nothing. True if something was appended.
  @discardableResult
  public mutating func appendAnswer(to event: Event, to out: inout [UInt8]) -> Bool {
    switch event {
    case .text, .binary, .pong: false
    case .ping(let payload): payload.withUnsafeBytes { appendFrame(.pong, $0, to: &out) }
    case .close(let code, _): appendClose(code, to: &out)
    case .violation(let violation): appendClose(violation.code, reason: violation.reason, to: &out)
    }
  }

  /// Appends our Close frame, unless it was sent already: then, false. `reason` is cut to `FrameWriter.maxCloseReason` bytes.
  @discardableResult
  public mutating func appendClose(_ code: CloseCode?, reason: String = "", to out: inout [UInt8]) -> Bool {
    let payload = FrameWriter.closePayload(code, reason: reason)
    guard payload.withUnsafeBytes({ appendFrame(.close, $0, to: &out) }) else { return false }
    hasSentClose = true
    // A message half received will not be handed out any more.
    message = []
    return true
  }

  /// Appends a ping, unless our Close frame was sent: then, false. A payload beyond 125 bytes is cut.
  @discardableResult
  public mutating func appendPing(_ payload: [UInt8] = [], to out: inout [UInt8]) -> Bool {
    payload.withUnsafeBytes { appendFrame(.ping, $0, to: &out) }
  }

  private func appendFrame(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer, to out: inout [UInt8]) -> Bool {
    guard !hasSentClose else { return false }
    switch role {
    case .server: FrameWriter.append(opcode, payload, to: &out)
    case .client: FrameWriter.appendMasked(opcode, payload, key: .random(), to: &out)
    }
    return true
  }

  mutating func receivedClose() {
    hasReceivedClose = true
    letGo()
  }

  mutating func failed() {
    hasFailed = true
    letGo()
  }

  private mutating func letGo() {
    message = []
    partialHeader = []
  }
}
