// A header's value with parameters: `form-data; name="file"; filename="a.txt"`.

struct ParameterizedValue {
  /// What stands before the parameters, in lower case.
  let word: String
  /// By name in lower case; values of quoted strings without their quotation marks.
  let parameters: [String: String]

  /// Nil for what breaks the grammar (RFC 2045 section 5.1), or names a parameter twice, which two readers would read differently.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    let end = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
    word = String(decoding: bytes[..<end], as: UTF8.self).trimmingASCIISpace().lowercased()
    var rest = bytes[end...]
    var parameters: [String: String] = [:]
    while !rest.isEmpty {
      // The semicolon.
      rest = Self.skippingSpace(rest.dropFirst())
      // One at the end, or two.
      if rest.isEmpty || rest.first == UInt8(ascii: ";") { continue }
      guard let (name, value) = Self.parameter(&rest), parameters.updateValue(value, forKey: name) == nil else { return nil }
      rest = Self.skippingSpace(rest)
      guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { return nil }
    }
    self.parameters = parameters
  }

  private static func skippingSpace(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
  }

  private static func parameter(_ rest: inout ArraySlice<UInt8>) -> (name: String, value: String)? {
    let name = rest.prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    rest = skippingSpace(rest.dropFirst(name.count))
    guard !name.isEmpty, rest.first == UInt8(ascii: "=") else { return nil }
    rest = skippingSpace(rest.dropFirst())
    let value: [UInt8]
    if rest.first == UInt8(ascii: "\"") {
      guard let quoted = quotedString(&rest) else { return nil }
      value = quoted
    } else {
      value = Array(rest.prefix { $0 > 0x20 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"") })
      rest = rest.dropFirst(value.count)
    }
    return (String(decoding: name, as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self))
  }

  /// A backslash before a quotation mark or a backslash escapes it; before anything else it is a part of a path, as old browsers of Windows
  /// send it. Browsers of today write a quotation mark as `%22` (HTML, "multipart form data").
  private static func quotedString(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    var value: [UInt8] = []
    rest = rest.dropFirst()
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return value
      case UInt8(ascii: "\\") where rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "\\"):
        value.append(rest.removeFirst())
      case UInt8(ascii: "%") where rest.starts(with: "22".utf8):
        value.append(UInt8(ascii: "\""))
        rest = rest.dropFirst(2)
      default: value.append(byte)
      }
    }
    return nil
  }
}

/// A parameter's value with its character set and language, percent-encoded (RFC 8187 section 3.2).
enum ExtendedValue {
  /// Nil for another set than UTF-8 and ISO-8859-1, and for bytes that are none of it.
  static func decode(_ text: String) -> String? {
    let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    var bytes: [UInt8] = []
    var rest = parts[2].utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      // Two digits: a radix takes a sign, too.
      guard digits.count == 2, digits.allSatisfy(\.isAlphanumeric), let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    switch parts[0].lowercased() {
    case "utf-8": return String(validating: bytes, as: UTF8.self)
    case "iso-8859-1": return String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
    default: return nil
    }
  }
}
