// How a browser is told to show or to save a file (RFC 6266).

public enum ContentDisposition {
  /// The value of the header: `attachment` or `inline` with the name, in ASCII for old clients and in UTF-8 (RFC 8187) when they differ.
  /// Every byte of it is printable ASCII, whatever the name is.
  public static func value(name: String, isInline: Bool) -> String {
    var plain = ""
    var encoded = ""
    var isPlain = true
    for scalar in name.unicodeScalars {
      // A percent sign is decoded by some browsers, a backslash escapes the next character, a quotation mark ends the name.
      if scalar.isPrintableASCII, scalar != "\"", scalar != "\\", scalar != "%" {
        plain.unicodeScalars.append(scalar)
      } else {
        plain += "_"
        isPlain = false
      }
      for byte in String(scalar).utf8 { encoded += byte.isAttributeCharacter ? String(UnicodeScalar(byte)) : percentEncoded(byte) }
    }
    let start = (isInline ? "inline" : "attachment") + "; filename=\"\(plain)\""
    return isPlain ? start : start + "; filename*=UTF-8''\(encoded)"
  }

  private static func percentEncoded(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return byte < 16 ? "%0" + digits : "%" + digits
  }
}

extension Unicode.Scalar {
  fileprivate var isPrintableASCII: Bool { value >= 0x20 && value < 0x7F }
}

extension UInt8 {
  /// `attr-char` (RFC 8187 section 3.2.1).
  fileprivate var isAttributeCharacter: Bool { isAlphanumeric || "!#$&+-.^_`|~".utf8.contains(self) }
}
