// Percent-encoding (RFC 3986 section 2.1).

public enum PercentEncoding {
  public enum Malformed: Error {
    /// A percent sign that is not followed by two hexadecimal digits.
    case brokenEscape
    /// `%00`: no text contains NUL, and C would end it there.
    case escapedNUL
  }

  /// Appends the decoded bytes of `text`. `plusIsSpace`: in form encoding, `+` stands for a space.
  @inlinable
  public static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool = false, into bytes: inout [UInt8]) throws(Malformed) {
    var rest = text.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(ASCII.hexValue), let low = rest.next().flatMap(ASCII.hexValue) else { throw .brokenEscape }
        guard high | low != 0 else { throw .escapedNUL }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace:
        bytes.append(ASCII.space)
      default:
        bytes.append(byte)
      }
    }
  }

  /// Appends a part of a reference as a client sent it, but escapes the bytes that no reference may have (RFC 3986 appendix A).
  public static func encode(reference: ArraySlice<UInt8>, into text: inout [UInt8]) {
    for byte in reference {
      switch byte {
      case ...0x20, 0x7f..., UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "^"),
        UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
        text.append(UInt8(ascii: "%"))
        text.append(hexDigit(byte >> 4))
        text.append(hexDigit(byte & 15))
      default:
        text.append(byte)
      }
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") - 10 + value }
}
