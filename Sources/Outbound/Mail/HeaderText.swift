// Text in the headers of a mail (RFC 5322, RFC 2047).
import HTTPSyntax

enum HeaderText {
  /// Characters of a header's text; what is longer is cut off.
  static let charactersMax = 200
  /// Bytes in one encoded word, which is then at most 64 characters long: `=?utf-8?B?`, four characters for three bytes, `?=`. With the
  /// header's name its line is no longer than 76 (RFC 2047 section 2).
  private static let encodedBytesMax = 39
  /// Characters of what stands as it is, so that the line with the header's name is no longer than 78.
  private static let plainCharactersMax = 60

  /// The name before an address: a quoted string, or encoded words.
  static func phrase(_ text: String) -> String {
    let text = cleaned(text)
    guard isPlain(text) else { return encoded(text) }
    let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(quoted)\""
  }

  /// Unstructured text, such as a subject: as it is, or encoded words.
  static func words(_ text: String) -> String {
    let text = cleaned(text)
    return isPlain(text) ? text : encoded(text)
  }

  /// On one line, whatever it is made of.
  private static func cleaned(_ text: String) -> String {
    let scalars = text.prefix(charactersMax).unicodeScalars.prefix(4 * charactersMax).map { scalar -> Unicode.Scalar in
      switch scalar.value {
      case ..<0x20, 0x7f...0x9f, 0x2028, 0x2029: " "
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  /// Printable ASCII that nobody takes for an encoded word.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.count <= plainCharactersMax && text.utf8.allSatisfy { 0x20...0x7e ~= $0 } && !text.contains("=?") && text.first != " "
      && text.last != " "
  }

  /// Each word on a line of its own; a character is never divided (RFC 2047 section 5).
  private static func encoded(_ text: String) -> String {
    var words: [[UInt8]] = [[]]
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if let last = words.last, last.count + bytes.count > encodedBytesMax { words.append([]) }
      words[words.count - 1] += bytes
    }
    return words.map { "=?utf-8?B?\(Base64.encode($0))?=" }.joined(separator: "\r\n ")
  }
}
