// What a frame is: the opcodes of RFC 6455 section 5.2, without the reserved ones.

/// The meaning of a frame's payload (RFC 6455 section 5.2). A reserved opcode has no value here: `init(rawValue:)` returns nil.
public enum Opcode: UInt8, Sendable {
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xA

  /// Close, Ping and Pong: never fragmented, at most 125 bytes, allowed between the fragments of a message (section 5.5).
  public var isControl: Bool { rawValue & 0x8 != 0 }
}
