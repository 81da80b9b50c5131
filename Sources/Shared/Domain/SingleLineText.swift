// Checked text of a single-line field, such as a name or a topic.

/// Trimmed text without control characters, bounded in characters. Text that shows nothing is empty.
struct SingleLineText {
  let text: String

  init(_ raw: String, field: String, charactersMin: Int, charactersMax: Int) throws(ChatError) {
    // A character may be built of any number of scalars: bound the bytes before counting characters.
    guard raw.utf8.count <= charactersMax * 16 else {
      throw .invalid(field, "length", "At most \(charactersMax) characters.")
    }
    let trimmed = raw.showsNothing ? "" : raw.trimmingWhitespace()
    guard trimmed.unicodeScalars.allSatisfy({ !$0.isControl }) else {
      throw .invalid(field, "characters", "Control characters are not allowed here.")
    }
    guard (charactersMin...charactersMax).contains(trimmed.count) else {
      throw .invalid(field, "length", "Between \(charactersMin) and \(charactersMax) characters.")
    }
    text = trimmed
  }
}

extension String {
  func trimmingWhitespace() -> String {
    var slice = self[...]
    while let first = slice.first, first.isWhitespace { slice.removeFirst() }
    while let last = slice.last, last.isWhitespace { slice.removeLast() }
    return String(slice)
  }
}

extension Unicode.Scalar {
  /// C0, DEL, C1, and the separators and direction overrides that can make one text look like another.
  public var isControl: Bool {
    switch value {
    case 0...0x1f, 0x7f...0x9f, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
  }
}
