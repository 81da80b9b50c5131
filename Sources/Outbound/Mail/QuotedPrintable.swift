// Quoted-printable: text as lines of at most 76 characters of ASCII (RFC 2045 section 6.7).

enum QuotedPrintable {
  private static let lineCharactersMax = 76

  /// Lines end with CRLF, the last one too. A full stop that begins a line, which SMTP would take for the end, is encoded.
  static func encoded(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var lines = text.replacing("\r\n", with: "\n").utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    for line in lines { append(line, to: &bytes) }
    return bytes
  }

  private static func append(_ line: Substring.UTF8View.SubSequence, to bytes: inout [UInt8]) {
    let all = Array(line)
    var length = 0
    for (index, byte) in all.enumerated() {
      let isLast = index == all.count - 1
      let piece = isLiteral(byte, isFirst: length == 0, isLast: isLast) ? [byte] : escaped(byte)
      // The equals sign of a soft line break takes one character of every line but the last.
      if length + piece.count > lineCharactersMax - 1 {
        bytes += Array("=\r\n".utf8)
        length = 0
        let first = isLiteral(byte, isFirst: true, isLast: isLast) ? [byte] : escaped(byte)
        bytes += first
        length = first.count
      } else {
        bytes += piece
        length += piece.count
      }
    }
    bytes += Array("\r\n".utf8)
  }

  /// White space at the end of a line would be lost on the way.
  private static func isLiteral(_ byte: UInt8, isFirst: Bool, isLast: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "="): false
    case UInt8(ascii: "."): !isFirst
    case UInt8(ascii: " "), UInt8(ascii: "\t"): !isLast
    default: 0x21...0x7e ~= byte
    }
  }

  private static func escaped(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
