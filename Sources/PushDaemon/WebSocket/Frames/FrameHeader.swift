// The first 2 to 14 bytes of a frame (RFC 6455 section 5.2), read from as many of them as have arrived.

/// A frame's header, checked: no reserved bit or opcode, masked exactly if the sender is a client, control frames whole and at most 125 bytes.
public struct FrameHeader: Equatable, Sendable {
  /// Whether this is the last (or only) frame of its message.
  public let isFinal: Bool
  public let opcode: Opcode
  /// Bytes of payload that follow; below 2^63, otherwise not bounded here.
  public let payloadCount: UInt64
  /// Present exactly if the sender is a client.
  public let maskingKey: MaskingKey?

  /// The longest header: two bytes, eight of length, four of masking key.
  public static let maxSize = 14

  public init(isFinal: Bool, opcode: Opcode, payloadCount: UInt64, maskingKey: MaskingKey?) {
    self.isFinal = isFinal
    self.opcode = opcode
    self.payloadCount = payloadCount
    self.maskingKey = maskingKey
  }
}

extension FrameHeader {
  /// What a number of bytes amounts to.
  public enum Reading: Equatable, Sendable {
    /// No error so far; the header cannot be shorter than `size` bytes in all, which is more than were given.
    case needMore(size: Int)
    /// The whole header, and how many bytes it takes.
    case header(FrameHeader, size: Int)
    /// Always `CloseCode.protocolError`; found at the first byte that shows it.
    case violation(Violation)
  }

  /// Reads the header at the start of `bytes`, sent by `sender`.
  public static func read(_ bytes: UnsafeRawBufferPointer, from sender: ProtocolState.Role) -> Reading {
    guard bytes.count >= 1 else { return .needMore(size: 2) }
    guard bytes[0] & 0x70 == 0 else { return .violation(.reservedBit) }
    guard let opcode = Opcode(rawValue: bytes[0] & 0x0F) else { return .violation(.reservedOpcode) }
    let isFinal = bytes[0] & 0x80 != 0
    guard isFinal || !opcode.isControl else { return .violation(.fragmentedControl) }

    guard bytes.count >= 2 else { return .needMore(size: 2) }
    let isMasked = bytes[1] & 0x80 != 0
    guard isMasked == (sender == .client) else { return .violation(isMasked ? .masked : .unmasked) }
    let shortCount = bytes[1] & 0x7F
    guard shortCount <= 125 || !opcode.isControl else { return .violation(.longControl) }

    let lengthEnd = shortCount == 127 ? 10 : shortCount == 126 ? 4 : 2
    let size = lengthEnd + (isMasked ? 4 : 0)
    guard bytes.count >= lengthEnd else { return .needMore(size: size) }
    let payloadCount: UInt64
    switch shortCount {
    case 127: payloadCount = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
    case 126: payloadCount = UInt64(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
    default: payloadCount = UInt64(shortCount)
    }
    guard payloadCount >> 63 == 0 else { return .violation(.hugeLength) }
    guard shortCount < 126 || payloadCount > (shortCount == 126 ? 125 : 0xFFFF) else { return .violation(.inflatedLength) }

    guard bytes.count >= size else { return .needMore(size: size) }
    var maskingKey: MaskingKey?
    if isMasked {
      maskingKey = MaskingKey(bits: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: lengthEnd, as: UInt32.self)))
    }
    let header = FrameHeader(isFinal: isFinal, opcode: opcode, payloadCount: payloadCount, maskingKey: maskingKey)
    return .header(header, size: size)
  }
}

extension Violation {
  static let reservedBit = Violation(.protocolError, "a reserved bit is set and no extension was agreed")
  static let reservedOpcode = Violation(.protocolError, "the opcode is reserved")
  static let fragmentedControl = Violation(.protocolError, "a control frame is fragmented")
  static let longControl = Violation(.protocolError, "a control frame bears more than 125 bytes")
  static let unmasked = Violation(.protocolError, "a frame from the client is not masked")
  static let masked = Violation(.protocolError, "a frame from the server is masked")
  static let inflatedLength = Violation(.protocolError, "a length is written in more bytes than it needs")
  static let hugeLength = Violation(.protocolError, "the highest bit of a 64-bit length is set")
}
