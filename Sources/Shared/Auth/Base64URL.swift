// Bytes as URL-safe text: RFC 4648 section 5 without padding, one spelling for each value.

package enum Base64URL {
  /// `A–Z a–z 0–9 - _`, without `=`: four characters for three bytes.
  package static func encode(_ bytes: [UInt8]) -> String {
    let digits = alphabet
    let text = [UInt8](unsafeUninitializedCapacity: (bytes.count * 4 + 2) / 3) { output, count in
      var pending: UInt32 = 0
      var bits = 0
      for byte in bytes {
        pending = (pending << 8) | UInt32(byte)
        bits += 8
        while bits >= 6 {
          bits -= 6
          output[count] = digits[Int((pending >> UInt32(bits)) & 63)]
          count += 1
        }
      }
      if bits > 0 {
        output[count] = digits[Int((pending << UInt32(6 - bits)) & 63)]
        count += 1
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil for anything that `encode` would not have written: padding, white space, the other alphabet's `+` and `/`, a length that no
  /// whole number of bytes has, or trailing bits that are not zero (RFC 4648 section 3.5). A second spelling of a signed or hashed
  /// value would be a second name for it.
  package static func decode(_ text: String) -> [UInt8]? {
    decode(text.utf8.span)
  }

  /// As `decode(_: String)`, from bytes.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count % 4 != 1 else { return nil }
    let values = sextets
    var whole = true
    let bytes = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { output, count in
      var pending: UInt32 = 0
      var bits = 0
      for index in text.indices {
        let value = values[Int(text[index])]
        guard value < 64 else {
          whole = false
          return
        }
        pending = (pending << 6) | UInt32(value)
        bits += 6
        if bits >= 8 {
          bits -= 8
          output[count] = UInt8(truncatingIfNeeded: pending >> UInt32(bits))
          count += 1
        }
      }
      whole = pending & ((1 << UInt32(bits)) - 1) == 0
    }
    return whole ? bytes : nil
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The value of each byte as a digit; 255 for bytes that are none.
  private static let sextets: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()
}
