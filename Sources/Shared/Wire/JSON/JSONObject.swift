// Reads single fields of a client's JSON object in place, without decoding the rest.
public import Domain

/// The fields of one object. The syntax of the whole is checked first; a value is read when it is asked for, and errors name its field.
/// If a name occurs twice, the last one counts. Foundation's decoder takes four times as long for a command.
public struct JSONObject {
  private let bytes: [UInt8]
  private let members: [(name: Range<Int>, value: Range<Int>)]
  /// The prefix of field names in errors, such as `data.`.
  private let path: String

  /// Throws `malformed_json` for anything but an object, and `invalid_field` for one with a string that is refused.
  public init(json bytes: [UInt8]) throws(ChatError) {
    let (object, error) = try Self.read(bytes)
    if let error { throw error }
    self = object
  }

  /// The object, and the error if a string in it is refused: so that a reply can name what it refuses.
  static func read(_ bytes: [UInt8]) throws(ChatError) -> (JSONObject, ChatError?) {
    let error = try JSONSyntax.findRefusedString(bytes)
    guard let object = JSONObject(bytes, at: JSONSyntax.skipWhitespace(bytes, 0), path: "") else {
      throw ChatError(.malformedJSON, "This must be a JSON object.")
    }
    return (object, error)
  }

  /// Nil if no object begins at `start`.
  private init?(_ bytes: [UInt8], at start: Int, path: String) {
    guard bytes[start] == UInt8(ascii: "{") else { return nil }
    var members: [(name: Range<Int>, value: Range<Int>)] = []
    var index = JSONSyntax.skipWhitespace(bytes, start + 1)
    while bytes[index] == UInt8(ascii: "\"") {
      let name = index..<JSONSyntax.end(bytes, ofValueAt: index)
      let value = JSONSyntax.skipWhitespace(bytes, JSONSyntax.skipWhitespace(bytes, name.upperBound) + 1)
      let end = JSONSyntax.end(bytes, ofValueAt: value)
      members.append((name, value..<end))
      // A comma is followed by the next name, the closing brace by nothing of interest.
      index = JSONSyntax.skipWhitespace(bytes, end)
      guard bytes[index] == UInt8(ascii: ",") else { break }
      index = JSONSyntax.skipWhitespace(bytes, index + 1)
    }
    self.bytes = bytes
    self.members = members
    self.path = path
  }

  func has(_ name: StaticString) -> Bool { find(name) != nil }

  func object(_ name: StaticString) throws(ChatError) -> JSONObject {
    let value = try present(name)
    guard let object = JSONObject(bytes, at: value.lowerBound, path: "\(path)\(name).") else { throw wrongType(name) }
    return object
  }

  func string(_ name: StaticString) throws(ChatError) -> String {
    try string(name, at: try present(name))
  }

  /// Nil if the member is absent or null.
  func optionalString(_ name: StaticString) throws(ChatError) -> String? {
    guard let value = find(name), !isNull(value) else { return nil }
    return try string(name, at: value)
  }

  func integer(_ name: StaticString) throws(ChatError) -> Int64 {
    try integer(name, at: try present(name))
  }

  /// Nil if the member is absent or null.
  func optionalInteger(_ name: StaticString) throws(ChatError) -> Int64? {
    guard let value = find(name), !isNull(value) else { return nil }
    return try integer(name, at: value)
  }

  /// Nil if the member is absent or null; otherwise an array of at most `countMax` strings.
  func optionalStrings(_ name: StaticString, countMax: Int) throws(ChatError) -> [String]? {
    guard let value = find(name), !isNull(value) else { return nil }
    guard bytes[value.lowerBound] == UInt8(ascii: "[") else { throw wrongType(name) }
    var strings: [String] = []
    var index = JSONSyntax.skipWhitespace(bytes, value.lowerBound + 1)
    while bytes[index] != UInt8(ascii: "]") {
      guard strings.count < countMax else { throw .invalid("\(path)\(name)", "count", "At most \(countMax).") }
      let end = JSONSyntax.end(bytes, ofValueAt: index)
      strings.append(try string(name, at: index..<end))
      index = JSONSyntax.skipWhitespace(bytes, end)
      if bytes[index] == UInt8(ascii: ",") { index = JSONSyntax.skipWhitespace(bytes, index + 1) }
    }
    return strings
  }

  // MARK: Values

  private func find(_ name: StaticString) -> Range<Int>? {
    members.last { member in
      let text = bytes[member.name].dropFirst().dropLast()
      // By bytes: to compare strings, Swift sorts the combining marks of a name.
      guard !text.contains(UInt8(ascii: "\\")) else { return JSONText.unescaped(text)?.utf8.elementsEqual("\(name)".utf8) ?? false }
      return text.count == name.utf8CodeUnitCount
        && (unsafe text.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)))
    }?.value
  }

  private func present(_ name: StaticString) throws(ChatError) -> Range<Int> {
    guard let value = find(name) else { throw .invalid("\(path)\(name)", "missing", "This field is required.") }
    return value
  }

  private func isNull(_ value: Range<Int>) -> Bool { bytes[value.lowerBound] == UInt8(ascii: "n") }

  /// The error of a rule about this object's members, with each named as it lies in the document.
  func located(_ error: ChatError) -> ChatError { path.isEmpty ? error : error.inside(String(path.dropLast())) }

  private func wrongType(_ name: StaticString) -> ChatError { .invalid("\(path)\(name)", "type", "This field has the wrong type.") }

  private func string(_ name: StaticString, at value: Range<Int>) throws(ChatError) -> String {
    guard bytes[value.lowerBound] == UInt8(ascii: "\"") else { throw wrongType(name) }
    guard let text = JSONText.unescaped(bytes[value].dropFirst().dropLast()) else {
      throw .invalid("\(path)\(name)", "characters", "This text has half of a surrogate pair.")
    }
    return text
  }

  private func integer(_ name: StaticString, at value: Range<Int>) throws(ChatError) -> Int64 {
    let first = bytes[value.lowerBound]
    guard first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { throw wrongType(name) }
    switch JSONNumber(bytes[value]) {
    case .integer(let number): return number
    case .fraction: throw .invalid("\(path)\(name)", "format", "A whole number.")
    case .outOfRange: throw .invalid("\(path)\(name)", "range", "A whole number of at most 64 bits.")
    }
  }
}

/// The text of a JSON string.
enum JSONText {
  /// Resolves the escapes of the text between the quotation marks (RFC 8259 section 7), whose syntax is valid; nil for half of a surrogate
  /// pair.
  static func unescaped(_ raw: ArraySlice<UInt8>) -> String? {
    guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
    var text: [UInt8] = []
    text.reserveCapacity(raw.count)
    var rest = raw
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        text.append(byte)
        continue
      }
      switch escape {
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0c)
      case UInt8(ascii: "n"): text.append(0x0a)
      case UInt8(ascii: "r"): text.append(0x0d)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"):
        guard let scalar = scalar(&rest) else { return nil }
        text.append(contentsOf: String(scalar).utf8)
      default: text.append(escape)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads four hexadecimal digits, and four more after the first half of a surrogate pair.
  private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
    let unit = codeUnit(&rest)
    guard (0xd800..<0xdc00).contains(unit) else { return Unicode.Scalar(unit) }
    guard rest.popFirst() == UInt8(ascii: "\\"), rest.popFirst() == UInt8(ascii: "u") else { return nil }
    let low = codeUnit(&rest)
    guard (0xdc00..<0xe000).contains(low) else { return nil }
    return Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
  }

  private static func codeUnit(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
    defer { rest = rest.dropFirst(4) }
    return UInt32(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) ?? 0
  }
}
