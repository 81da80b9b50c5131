// Bytes as text of 64 characters (RFC 4648): base64 and base64url.

/// RFC 4648 section 4: `A–Z a–z 0–9 + /`, padded with `=`.
public enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  public static func encode(_ bytes: [UInt8]) -> String {
    encoded(bytes, digits, isPadded: true)
  }

  fileprivate static func encoded(_ bytes: [UInt8], _ digits: [UInt8], isPadded: Bool) -> String {
    let text = unsafe [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { output, count in
      var pending: UInt32 = 0
      var bits = 0
      for byte in bytes {
        pending = (pending << 8) | UInt32(byte)
        bits += 8
        while bits >= 6 {
          bits -= 6
          unsafe output[count] = digits[Int((pending >> UInt32(bits)) & 63)]
          count += 1
        }
      }
      if bits > 0 {
        unsafe output[count] = digits[Int((pending << UInt32(6 - bits)) & 63)]
        count += 1
      }
      while isPadded && count % 4 != 0 {
        unsafe output[count] = UInt8(ascii: "=")
        count += 1
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// RFC 4648 section 5: `A–Z a–z 0–9 - _` without padding. Each value has one spelling.
public enum Base64URL {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The value of each byte as a digit; 255 for bytes that are not digits.
  private static let sextets: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()

  public static func encode(_ bytes: [UInt8]) -> String {
    Base64.encoded(bytes, digits, isPadded: false)
  }

  /// Nil for anything that `encode` does not write: padding, white space, `+` and `/`, a length that no whole number of bytes has, or
  /// trailing bits that are not zero (RFC 4648 section 3.5). A second spelling of a signed or hashed value would be a second name for it.
  public static func decode(_ text: String) -> [UInt8]? {
    decode(text.utf8.span)
  }

  /// As `decode(_: String)`, from bytes.
  public static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count % 4 != 1 else { return nil }
    let values = sextets
    var isValid = true
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { output, count in
      var pending: UInt32 = 0
      var bits = 0
      for index in text.indices {
        let value = values[Int(text[index])]
        guard value < 64 else {
          isValid = false
          return
        }
        pending = (pending << 6) | UInt32(value)
        bits += 6
        if bits >= 8 {
          bits -= 8
          unsafe output[count] = UInt8(truncatingIfNeeded: pending >> UInt32(bits))
          count += 1
        }
      }
      isValid = pending & ((1 << UInt32(bits)) - 1) == 0
    }
    return isValid ? bytes : nil
  }
}
