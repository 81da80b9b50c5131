// Finds single JSON members without parsing: at half a million deliveries a second the load generator must not be the limit.

/// A byte string of at most eight bytes, compared as one word.
struct Needle {
  let count: Int
  fileprivate let word: UInt64
  fileprivate let mask: UInt64

  init(_ text: StaticString) {
    precondition(text.utf8CodeUnitCount <= 8)
    count = text.utf8CodeUnitCount
    var word: UInt64 = 0
    for index in 0..<text.utf8CodeUnitCount { word |= UInt64(text.utf8Start[index]) << UInt64(8 * index) }
    self.word = word
    mask = count == 8 ? .max : (1 << UInt64(8 * count)) - 1
  }
}

extension UnsafeRawBufferPointer {
  /// Whether `needle` is at `offset`; false within the last seven bytes.
  @inline(__always)
  func has(_ needle: Needle, at offset: Int) -> Bool {
    offset + 8 <= count && UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self)) & needle.mask == needle.word
  }

  /// The offset after the first `needle` at or after `start`. A quoted name with its colon matches only a member's name: inside a string
  /// its quotes would be escaped.
  @inline(__always)
  func end(of needle: Needle, from start: Int = 0) -> Int? {
    var offset = start
    while offset + 8 <= count {
      if has(needle, at: offset) { return offset + needle.count }
      offset += 1
    }
    return nil
  }

  /// The number at `start`, and where its digits end; nil if there are none.
  @inline(__always)
  func number(at start: Int) -> (value: Int, end: Int)? {
    var offset = start
    var value = 0
    while offset < count, self[offset] &- 0x30 <= 9 {
      value = value &* 10 &+ Int(self[offset] &- 0x30)
      offset += 1
    }
    return offset > start ? (value, offset) : nil
  }

  var text: String { String(decoding: self, as: UTF8.self) }
}
