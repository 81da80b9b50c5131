// Whether a file is text: valid UTF-8 without control characters.

/// A validator that takes the text in pieces, cut anywhere (RFC 3629 section 4).
struct PlainText {
  /// Continuation bytes that the current character still needs, and the bounds of the next one.
  private var needed = 0
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xBF
  /// After C2: U+0080 to U+009F are controls.
  private var mayBeControl = false

  static func isText(_ source: any ByteSource) throws(MediaError) -> Bool {
    var reader = ByteReader(source)
    var text = PlainText()
    while reader.remaining > 0 {
      var isGood = true
      try reader.forEachPart(min(reader.remaining, ByteReader.windowBytes)) { part throws(MediaError) in
        isGood = isGood && text.accept(part)
      }
      if !isGood { return false }
    }
    return text.needed == 0
  }

  /// Whether the text may go on like this.
  mutating func accept(_ bytes: ArraySlice<UInt8>) -> Bool {
    for byte in bytes {
      if needed > 0 {
        guard byte >= lowest, byte <= highest, !(mayBeControl && byte < 0xA0) else { return false }
        needed -= 1
        (lowest, highest, mayBeControl) = (0x80, 0xBF, false)
      } else if byte < 0x80 {
        // Tab, line feed, form feed and carriage return are the controls of text.
        guard byte >= 0x20 && byte != 0x7F || byte == 0x09 || byte == 0x0A || byte == 0x0C || byte == 0x0D else { return false }
      } else if !begin(byte) {
        return false
      }
    }
    return true
  }

  /// The first byte of a character of several.
  private mutating func begin(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2...0xDF: needed = 1
    case 0xE0...0xEF: needed = 2
    case 0xF0...0xF4: needed = 3
    default: return false
    }
    mayBeControl = byte == 0xC2
    // No overlong forms, no surrogates, nothing above U+10FFFF.
    lowest = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80
    highest = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF
    return true
  }
}
