// Reads JSON that others write: headers and claims of a host application's tokens, and its key sets.

/// A value of RFC 8259, read strictly: UTF-8, no name twice in an object, no half of a surrogate pair, a bounded depth. Numbers stay text.
indirect enum TokenJSON: Equatable {
  case object([Member])
  case array([TokenJSON])
  case string(String)
  case number(String)
  case bool(Bool)
  case null

  struct Member: Equatable {
    let name: String
    let value: TokenJSON
  }

  /// Arrays and objects within each other.
  static let depthMax = 16

  /// The object that `bytes` are; nil unless they are one, with nothing but white space around it.
  static func parse(_ bytes: [UInt8]) -> TokenJSON? {
    guard (try? UTF8Span(validating: bytes.span)) != nil else { return nil }
    var reader = TokenJSONReader(bytes)
    guard case .object(let members)? = reader.value(depth: 0), reader.isAtEnd else { return nil }
    return .object(members)
  }

  /// The member of an object; nil if there is none. Names are compared by their bytes.
  subscript(name: StaticString) -> TokenJSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.utf8.elementsEqual("\(name)".utf8) }?.value
  }

  /// The text of a string that is not null; nil for any other value.
  var text: String? { if case .string(let text) = self { text } else { nil } }

  /// Seconds since 1970 (NumericDate, RFC 7519 section 2), before the year 10000; a fraction is left out. Nil for what is none, among them
  /// signs and exponents.
  var seconds: Int64? {
    guard case .number(let text) = self else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, (1...12).contains(whole.utf8.count), parts.allSatisfy({ $0.utf8.allSatisfy(TokenJSONReader.isDigit) }),
      let seconds = Int64(whole), seconds <= AccessClaims.secondsMax
    else { return nil }
    return seconds
  }
}

private struct TokenJSONReader {
  private let bytes: [UInt8]
  private var next = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// Whether nothing but white space is left.
  var isAtEnd: Bool { mutating get { skipWhitespace(); return next == bytes.count } }

  mutating func value(depth: Int) -> TokenJSON? {
    skipWhitespace()
    guard next < bytes.count, depth < TokenJSON.depthMax else { return nil }
    switch bytes[next] {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return array(depth: depth)
    case UInt8(ascii: "\""): return string().map(TokenJSON.string)
    case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
    case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
    case UInt8(ascii: "n"): return take("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func object(depth: Int) -> TokenJSON? {
    var members: [TokenJSON.Member] = []
    var names: Set<[UInt8]> = []
    next += 1
    if takeAfterSpace("}") { return .object([]) }
    repeat {
      skipWhitespace()
      guard let name = string(), names.insert(Array(name.utf8)).inserted, takeAfterSpace(":"), let value = value(depth: depth + 1) else {
        return nil
      }
      members.append(TokenJSON.Member(name: name, value: value))
    } while takeAfterSpace(",")
    return takeAfterSpace("}") ? .object(members) : nil
  }

  private mutating func array(depth: Int) -> TokenJSON? {
    var values: [TokenJSON] = []
    next += 1
    if takeAfterSpace("]") { return .array([]) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
    } while takeAfterSpace(",")
    return takeAfterSpace("]") ? .array(values) : nil
  }

  private mutating func number() -> TokenJSON? {
    let start = next
    _ = take("-")
    if !take("0") { guard takeDigits() else { return nil } }
    if take(".") { guard takeDigits() else { return nil } }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      guard takeDigits() else { return nil }
    }
    return .number(String(decoding: bytes[start..<next], as: UTF8.self))
  }

  /// The text between two quotation marks, with its escapes resolved.
  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    var text: [UInt8] = []
    while next < bytes.count {
      let byte = bytes[next]
      next += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        text += String(scalar).utf8
      case 0..<0x20: return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard next < bytes.count else { return nil }
    next += 1
    switch bytes[next - 1] {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = hexadecimal() else { return nil }
      guard (0xd800..<0xdc00).contains(unit) else { return Unicode.Scalar(unit) }
      guard take("\\u"), let low = hexadecimal(), (0xdc00..<0xe000).contains(low) else { return nil }
      return Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
    default: return nil
    }
  }

  private mutating func hexadecimal() -> UInt32? {
    guard next + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[next..<(next + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    next += 4
    return value
  }

  private mutating func takeDigits() -> Bool {
    let start = next
    while next < bytes.count, Self.isDigit(bytes[next]) { next += 1 }
    return next > start
  }

  private mutating func takeAfterSpace(_ text: String) -> Bool {
    skipWhitespace()
    return take(text)
  }

  private mutating func take(_ text: String) -> Bool {
    guard bytes[next...].starts(with: text.utf8) else { return false }
    next += text.utf8.count
    return true
  }

  private mutating func skipWhitespace() {
    while next < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[next]) { next += 1 }
  }
}
