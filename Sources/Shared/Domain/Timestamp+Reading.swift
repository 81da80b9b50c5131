// Reads times in any form of RFC 3339, as clients send them.

extension Timestamp {
  /// Any time of RFC 3339: with a fraction of up to nine digits or none, in UTC or with an offset. Digits below
  /// a millisecond are dropped. Nil for anything else, for days that do not exist and for leap seconds.
  public init?(anyRFC3339 text: String) {
    let bytes = Array(text.utf8)
    // `2026-02-05T10:30:00` and at least the `Z`.
    guard (20...35).contains(bytes.count), bytes[10] | 0x20 == UInt8(ascii: "t") else { return nil }
    var rest = bytes[19...]
    var fraction: ArraySlice<UInt8> = []
    if rest.first == UInt8(ascii: ".") {
      fraction = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard (1...9).contains(fraction.count) else { return nil }
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard let offset = Self.offsetMinutes(Array(rest)) else { return nil }
    let milliseconds = (Array(fraction) + Array("000".utf8)).prefix(3)
    let utc = bytes[..<10] + Array("T".utf8) + bytes[11..<19] + Array(".".utf8) + milliseconds + Array("Z".utf8)
    guard let time = Timestamp(rfc3339: String(decoding: utc, as: UTF8.self)) else { return nil }
    self.init(milliseconds: time.milliseconds - offset * 60_000)
  }

  /// `Z`, or `+hh:mm` and `-hh:mm`.
  private static func offsetMinutes(_ bytes: [UInt8]) -> Int64? {
    if bytes.count == 1 { return bytes[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
    guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), let sign: Int64 = [UInt8(ascii: "+"): 1, UInt8(ascii: "-"): -1][bytes[0]],
      let hours = Int64(digits: bytes[1...2]), let minutes = Int64(digits: bytes[4...5]), hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
  }
}

extension Int64 {
  /// Decimal digits and nothing else.
  fileprivate init?(digits: ArraySlice<UInt8>) {
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    self = digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
  }
}
