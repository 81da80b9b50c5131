// As much of RFC 4648 as the handshake needs.

enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for position in 0..<4 {
        let isPadding = position > group.count
        text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * position) & 0x3F)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether `text` decodes to 16 bytes: 22 digits and two of padding. The four bits that no byte uses may be anything (RFC 4648 section 3.5
  /// lets a decoder be lenient, and hand-written clients need it).
  static func isSixteenBytes(_ text: ArraySlice<UInt8>) -> Bool {
    text.count == 24 && text.suffix(2).elementsEqual("==".utf8)
      && text.dropLast(2).allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
  }
}
