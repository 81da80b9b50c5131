// Names the field of a JSON document in which a byte lies, for errors.

/// Only for errors: each level is walked from its beginning.
enum JSONFieldPath {
  /// Unicode scalars of a name in an error, which repeats what the client sent.
  private static let nameScalarsMax = 64

  /// The names from the outside in, joined by full stops, such as `data.members.0`; empty if `position` is in no field. `bytes` are valid JSON.
  static func path(to position: Int, in bytes: [UInt8]) -> String {
    var names: [String] = []
    var start = JSONSyntax.skipWhitespace(bytes, 0)
    while let (name, value) = child(of: start, holding: position, in: bytes) {
      names.append(name)
      // In the name itself.
      guard value.contains(position) else { break }
      start = value.lowerBound
    }
    return names.joined(separator: ".")
  }

  /// The member or element of the object or array at `start` in which `position` lies.
  private static func child(of start: Int, holding position: Int, in bytes: [UInt8]) -> (name: String, value: Range<Int>)? {
    guard start < bytes.count, bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[") else { return nil }
    let isObject = bytes[start] == UInt8(ascii: "{")
    var index = JSONSyntax.skipWhitespace(bytes, start + 1)
    var count = 0
    while index < bytes.count, index <= position {
      var name = index..<index
      if isObject {
        name = index..<JSONSyntax.end(bytes, ofValueAt: index)
        index = JSONSyntax.skipWhitespace(bytes, JSONSyntax.skipWhitespace(bytes, name.upperBound) + 1)
      }
      let value = index..<JSONSyntax.end(bytes, ofValueAt: index)
      if position < value.upperBound { return (isObject ? text(bytes[name]) : String(count), value) }
      index = JSONSyntax.skipWhitespace(bytes, JSONSyntax.skipWhitespace(bytes, value.upperBound) + 1)
      count += 1
    }
    return nil
  }

  private static func text(_ name: ArraySlice<UInt8>) -> String {
    let text = JSONText.unescaped(name.dropFirst().dropLast()) ?? ""
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(nameScalarsMax)))
  }
}
