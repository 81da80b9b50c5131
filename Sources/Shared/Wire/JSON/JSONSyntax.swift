// Checks that bytes are JSON, exactly as RFC 8259 defines it.
import Domain

/// Foundation's decoder is lenient: it accepts trailing commas, other encodings than UTF-8, and nesting as deep as its stack. So all JSON
/// of clients is checked here first.
struct JSONSyntax {
  /// Arrays and objects within each other.
  static let depthMax = 32

  private let bytes: [UInt8]
  private var index = 0
  private var marks = CombiningMarkLimit()
  /// Why the syntax is not valid, if not for what is at `index`.
  private var fault: String?
  /// The first string that JSON allows and this service does not.
  private var refused: (position: Int, detail: String)?

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Throws what `findRefusedString` throws and returns.
  static func check(_ bytes: [UInt8]) throws(ChatError) {
    if let error = try findRefusedString(bytes) { throw error }
  }

  /// Throws `malformed_json` unless it is one value with nothing but white space around it, in UTF-8, at most `depthMax` deep. The error for
  /// the first string in it that has too many combining marks or half of a surrogate pair, with the name of its field; nil if there is none.
  static func findRefusedString(_ bytes: [UInt8]) throws(ChatError) -> ChatError? {
    var syntax = JSONSyntax(bytes)
    guard (try? UTF8Span(validating: bytes.span)) != nil else { throw ChatError(.malformedJSON, "This is not UTF-8 text.") }
    guard syntax.isValid() else {
      throw ChatError(.malformedJSON, syntax.fault ?? "This is not valid JSON, from byte \(syntax.index) on.")
    }
    guard let refused = syntax.refused else { return nil }
    let field = JSONFieldPath.path(to: refused.position, in: bytes)
    return field.isEmpty ? ChatError(.malformedJSON, refused.detail) : .invalid(field, "characters", refused.detail)
  }

  private mutating func isValid() -> Bool {
    guard value(depth: 0) else { return false }
    skipWhitespace()
    return index == bytes.count
  }

  /// The end of the white space that begins at `start`.
  static func skipWhitespace(_ bytes: [UInt8], _ start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x0a || bytes[index] == 0x0d || bytes[index] == 0x09 { index += 1 }
    return index
  }

  /// The end of the value that begins at `start`, in bytes that are known to be valid.
  static func end(_ bytes: [UInt8], ofValueAt start: Int) -> Int {
    var index = start
    var depth = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        index = endOfString(bytes, index)
        if depth == 0 { return index }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        // Of the object or array around a number or a word.
        if depth == 0 { return index }
        depth -= 1
        if depth == 0 { return index + 1 }
      case UInt8(ascii: ","), 0x20, 0x0a, 0x0d, 0x09:
        if depth == 0 { return index }
      default: break
      }
      index += 1
    }
    return index
  }

  private static func endOfString(_ bytes: [UInt8], _ start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1 }
    return index + 1
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipWhitespace() {
    index = Self.skipWhitespace(bytes, index)
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    index += 1
    return true
  }

  private mutating func take(_ word: StaticString) -> Bool {
    for position in 0..<word.utf8CodeUnitCount where !(unsafe take(word.utf8Start[position])) { return false }
    return true
  }

  private mutating func value(depth: Int) -> Bool {
    skipWhitespace()
    switch current {
    case UInt8(ascii: "{"): return mayNest(depth) && object(depth: depth + 1)
    case UInt8(ascii: "["): return mayNest(depth) && array(depth: depth + 1)
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "t"): return take("true")
    case UInt8(ascii: "f"): return take("false")
    case UInt8(ascii: "n"): return take("null")
    default: return number()
    }
  }

  private mutating func mayNest(_ depth: Int) -> Bool {
    if depth < Self.depthMax { return true }
    fault = "At most \(Self.depthMax) objects and arrays may lie within each other."
    return false
  }

  private mutating func object(depth: Int) -> Bool {
    index += 1
    skipWhitespace()
    if take(UInt8(ascii: "}")) { return true }
    repeat {
      skipWhitespace()
      guard string() else { return false }
      skipWhitespace()
      guard take(UInt8(ascii: ":")), value(depth: depth) else { return false }
      skipWhitespace()
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "}"))
  }

  private mutating func array(depth: Int) -> Bool {
    index += 1
    skipWhitespace()
    if take(UInt8(ascii: "]")) { return true }
    repeat {
      guard value(depth: depth) else { return false }
      skipWhitespace()
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "]"))
  }

  private mutating func string() -> Bool {
    guard take(UInt8(ascii: "\"")) else { return false }
    marks = CombiningMarkLimit()
    while let byte = current {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return true
      case UInt8(ascii: "\\"): guard escape() else { return false }
      case 0..<0x20:
        fault = "The control character at byte \(index - 1) must be escaped in a string."
        return false
      case 0x20..<0x80: marks = CombiningMarkLimit()
      default: scalar(beginningWith: byte)
      }
    }
    return false
  }

  /// Reads the rest of a scalar of several bytes, which are known to be UTF-8.
  private mutating func scalar(beginningWith lead: UInt8) {
    let count = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3
    var value = UInt32(lead) & (0x3f >> UInt32(count))
    for _ in 0..<count {
      value = value << 6 | UInt32((current ?? 0) & 0x3f)
      index += 1
    }
    takeScalar(value)
  }

  private mutating func takeScalar(_ value: UInt32) {
    guard let scalar = Unicode.Scalar(value) else { return refuse("This text has half of a surrogate pair.") }
    if !marks.take(scalar) { refuse(CombiningMarkLimit.detail) }
  }

  /// Remembers the string that is being read; the syntax after it is checked all the same.
  private mutating func refuse(_ detail: String) {
    if refused == nil { refused = (index - 1, detail) }
  }

  private mutating func escape() -> Bool {
    guard let byte = current else { return false }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"),
      UInt8(ascii: "t"):
      marks = CombiningMarkLimit()
      return true
    case UInt8(ascii: "u"):
      guard let unit = hexadecimal() else { return false }
      guard (0xd800..<0xdc00).contains(unit), bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
        takeScalar(unit)
        return true
      }
      index += 2
      guard let low = hexadecimal() else { return false }
      takeScalar((0xdc00..<0xe000).contains(low) ? 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00) : unit)
      return true
    default:
      return false
    }
  }

  private mutating func hexadecimal() -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<4 {
      switch current {
      case let byte? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
      case let byte? where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20):
        value = value << 4 | UInt32((byte | 0x20) - UInt8(ascii: "a") + 10)
      default: return nil
      }
      index += 1
    }
    return value
  }

  private mutating func number() -> Bool {
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { guard digits() else { return false } }
    if take(UInt8(ascii: ".")) { guard digits() else { return false } }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      return digits()
    }
    return true
  }

  private mutating func digits() -> Bool {
    let start = index
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    return index > start
  }
}
