// From bytes to events: header, payload, message.

extension ProtocolState {
  /// Reads on in `input` to the next event; nil if all of it is used up, or the connection has ended (`hasEnded`).
  ///
  /// A message that lies whole in `input` is unmasked and handed out in place; one that does not is assembled, and its text checked as it
  /// arrives, so that a bad byte fails the connection at once and not at the end of a long frame.
  public mutating func nextEvent(in input: inout ReceivedBytes, limits: Limits) -> Event? {
    guard !hasEnded else { return nil }
    do throws(Violation) {
      while true {
        if frame == nil {
          guard let header = try readHeader(from: &input) else { return nil }
          try begin(header, limits: limits)
        }
        if let event = try readPayload(from: &input) { return event }
        // No event: the frame is still under way and the input used up, or it was a fragment or passed over, and the next one follows.
        if frame != nil { return nil }
      }
    } catch {
      failed()
      return .violation(error)
    }
  }

  /// A header that arrives in one piece is read where it lies; otherwise its beginning waits in `partialHeader`.
  private mutating func readHeader(from input: inout ReceivedBytes) throws(Violation) -> FrameHeader? {
    while true {
      let reading =
        partialHeader.isEmpty
        ? FrameHeader.read(UnsafeRawBufferPointer(input.rest), from: role.peer)
        : partialHeader.withUnsafeBytes { FrameHeader.read($0, from: role.peer) }
      switch reading {
      case .violation(let violation):
        throw violation
      case .header(let header, let size):
        if partialHeader.isEmpty { _ = input.take(size) } else { partialHeader = [] }
        return header
      case .needMore(let size):
        guard !input.isEmpty else { return nil }
        partialHeader.append(contentsOf: input.take(size - partialHeader.count))
      }
    }
  }

  private mutating func begin(_ header: FrameHeader, limits: Limits) throws(Violation) {
    if !header.opcode.isControl { try beginData(header, limits: limits) }
    frame = header.opcode
    frameIsFinal = header.isFinal
    // Fits: at most 125 in a control frame, at most `maxMessageBytes` in a data frame.
    awaited = Int(header.payloadCount)
    maskingKey = header.maskingKey ?? MaskingKey(bits: 0)
  }

  private mutating func beginData(_ header: FrameHeader, limits: Limits) throws(Violation) {
    guard (header.opcode == .continuation) == (messageKind != nil) else {
      throw messageKind == nil ? .strayContinuation : .interruptedMessage
    }
    // Refused on the announcement: an attacker must not make us collect what we will not take.
    guard header.payloadCount <= UInt64(max(0, limits.maxMessageBytes - message.count)) else { throw .messageTooBig(limits) }
    if messageKind == nil {
      messageKind = header.opcode
      validator = UTF8Validator()
      fragments = 0
    }
    guard fragments < UInt32(clamping: limits.maxFragments) else { throw .tooManyFragments(limits) }
    fragments += 1
  }

  private mutating func readPayload(from input: inout ReceivedBytes) throws(Violation) -> Event? {
    guard let opcode = frame else { return nil }
    let part = input.take(awaited)
    maskingKey.apply(to: part)
    awaited -= part.count
    if awaited == 0 { frame = nil }
    return opcode.isControl ? try readControl(opcode, UnsafeRawBufferPointer(part)) : try readData(UnsafeRawBufferPointer(part))
  }

  private mutating func readControl(_ opcode: Opcode, _ part: UnsafeRawBufferPointer) throws(Violation) -> Event? {
    guard let payload = Self.assemble(part, after: &partialHeader, isLast: awaited == 0) else { return nil }
    if opcode == .close {
      let (code, reason) = try payload.closing()
      receivedClose()
      return .close(code, reason: reason)
    }
    guard !hasSentClose else { return nil }
    return opcode == .ping ? .ping(payload) : .pong(payload)
  }

  private mutating func readData(_ part: UnsafeRawBufferPointer) throws(Violation) -> Event? {
    let isLast = frameIsFinal && awaited == 0
    let kind = messageKind
    if isLast { messageKind = nil }
    guard !hasSentClose else { return nil }
    if kind == .text {
      guard validator.accept(part), !isLast || validator.isComplete else { throw .invalidText }
    }
    guard let payload = Self.assemble(part, after: &message, isLast: isLast) else { return nil }
    return kind == .text ? .text(payload) : .binary(payload)
  }

  /// Puts `part` behind what came before it; the whole once it is there. What came in one piece is not copied.
  private static func assemble(_ part: UnsafeRawBufferPointer, after held: inout [UInt8], isLast: Bool) -> Payload? {
    if isLast && held.isEmpty { return .slice(part) }
    held.append(contentsOf: part)
    guard isLast else { return nil }
    defer { held = [] }
    return .owned(held)
  }
}

extension Violation {
  static let strayContinuation = Violation(.protocolError, "a continuation frame continues nothing")
  static let interruptedMessage = Violation(.protocolError, "a new message begins before the last one ended")
  // In the words of the server's limits, so that a client's developer finds them.
  static func messageTooBig(_ limits: ProtocolState.Limits) -> Violation {
    Violation(.tooBig, "a message has at most \(limits.maxMessageBytes) bytes: frame_bytes")
  }
  static func tooManyFragments(_ limits: ProtocolState.Limits) -> Violation {
    Violation(.policyViolation, "a message has at most \(limits.maxFragments) frames: fragments_per_message")
  }
  static let invalidText = Violation(.invalidPayload, "a text message is not UTF-8")
}
