// Detects at the earliest possible byte that a stream is not UTF-8 (RFC 3629).

/// Checks UTF-8 that arrives in pieces of any size; four bytes of state and no storage.
///
/// Overlong forms, surrogates and values above U+10FFFF are refused at their second byte, since the first one already narrows what may follow.
public struct UTF8Validator: Equatable, Sendable {
  /// Continuation bytes still due in the character under way.
  private var due: UInt8 = 0
  /// The range in which the next of them must lie.
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xBF

  public init() {}

  /// Whether what was read so far ends with a whole character.
  public var isComplete: Bool { due == 0 }

  /// Reads on; false as soon as no continuation could make the whole valid. After false this value means nothing more.
  public mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset < bytes.count {
      if due == 0 {
        offset = Self.endOfASCII(bytes, from: offset)
        guard offset < bytes.count else { break }
        guard start(bytes[offset]) else { return false }
      } else {
        guard bytes[offset] >= lowest, bytes[offset] <= highest else { return false }
        due -= 1
        lowest = 0x80
        highest = 0xBF
      }
      offset += 1
    }
    return true
  }

  /// Whether `bytes` are UTF-8 from the first to the last.
  public static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var validator = UTF8Validator()
    return validator.accept(bytes) && validator.isComplete
  }

  /// The table of RFC 3629 section 4.
  private mutating func start(_ lead: UInt8) -> Bool {
    switch lead {
    case 0x00...0x7F: return true
    case 0xC2...0xDF: due = 1
    case 0xE0: (due, lowest) = (2, 0xA0)  // shorter forms exist below
    case 0xED: (due, highest) = (2, 0x9F)  // surrogates lie above
    case 0xE1...0xEF: due = 2
    case 0xF0: (due, lowest) = (3, 0x90)  // shorter forms exist below
    case 0xF1...0xF3: due = 3
    case 0xF4: (due, highest) = (3, 0x8F)  // U+10FFFF ends here
    default: return false
    }
    return true
  }

  /// Eight bytes at a time while no high bit is set: most chat, and all JSON punctuation, is ASCII.
  private static func endOfASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var offset = start
    while bytes.count - offset >= 8 {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) & 0x8080_8080_8080_8080
      if word != 0 { return offset + word.trailingZeroBitCount / 8 }
      offset += 8
    }
    while offset < bytes.count, bytes[offset] < 0x80 { offset += 1 }
    return offset
  }
}
