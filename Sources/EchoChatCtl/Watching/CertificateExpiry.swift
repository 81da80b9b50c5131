// Until when a certificate is valid.
import Domain
import FoundationEssentials

/// Reads as much of X.509 (RFC 5280, section 4.1) as that takes.
enum CertificateExpiry {
  private enum Tag {
    static let sequence: UInt8 = 0x30
    static let version: UInt8 = 0xa0
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
  }

  /// The end of the first certificate in a PEM file; nil if there is none.
  static func end(ofPEM text: String) -> Timestamp? {
    guard let start = text.firstRange(of: "-----BEGIN CERTIFICATE-----"),
      let stop = text[start.upperBound...].firstRange(of: "-----END CERTIFICATE-----"),
      let der = Data(base64Encoded: String(text[start.upperBound..<stop.lowerBound].filter { !$0.isWhitespace }))
    else { return nil }
    var bytes = Array(der)[...]
    guard var certificate = next(&bytes, Tag.sequence), var signed = next(&certificate, Tag.sequence) else { return nil }
    if signed.first == Tag.version { _ = next(&signed) }
    // Serial number, algorithm, issuer.
    for _ in 0..<3 where next(&signed) == nil { return nil }
    guard var validity = next(&signed, Tag.sequence), next(&validity) != nil, let tag = validity.first, let end = next(&validity) else {
      return nil
    }
    return time(end, hasCentury: tag == Tag.generalizedTime, tag)
  }

  /// The content of the next element, which is taken off; nil if it is cut off, or has another tag.
  private static func next(_ bytes: inout ArraySlice<UInt8>, _ tag: UInt8? = nil) -> ArraySlice<UInt8>? {
    guard let found = bytes.popFirst(), tag == nil || tag == found, let first = bytes.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      let count = Int(first & 0x7f)
      guard (1...3).contains(count), bytes.count >= count else { return nil }
      length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      bytes = bytes.dropFirst(count)
    }
    guard bytes.count >= length else { return nil }
    defer { bytes = bytes.dropFirst(length) }
    return bytes.prefix(length)
  }

  /// `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`.
  private static func time(_ content: ArraySlice<UInt8>, hasCentury: Bool, _ tag: UInt8) -> Timestamp? {
    guard tag == Tag.utcTime || tag == Tag.generalizedTime, content.count == (hasCentury ? 15 : 13), content.last == UInt8(ascii: "Z"),
      content.dropLast().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else {
      return nil
    }
    let text = String(decoding: content.dropLast(), as: UTF8.self)
    // Two digits: 1950 to 2049.
    let century = hasCentury ? "" : (Int(text.prefix(2)).map { $0 < 50 ? "20" : "19" } ?? "20")
    let digits = Array(century + text)
    func part(_ from: Int, _ count: Int) -> String { String(digits[from..<from + count]) }
    return Timestamp(anyRFC3339: "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))Z")
  }
}
