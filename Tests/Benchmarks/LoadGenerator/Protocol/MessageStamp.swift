// The content of a test message: its number, the time of sending, filler text and a checksum.

/// `~bench 17 123456789 words of some length #9f86d081`: number, monotonic nanoseconds, words, and a checksum of everything before it.
struct MessageStamp: Equatable {
  let number: Int
  let sentAt: Int64

  private static let mark = Needle("~bench ")
  private static let words = Array("so the train was late again and we all stood there in the rain, talking about lunch and the sea".utf8)

  /// Appends a text of 60 to 120 characters, which need no escape in JSON.
  func append(to out: inout [UInt8]) {
    let start = out.count
    out.append(contentsOf: "~bench \(number) \(sentAt) ".utf8)
    out.append(contentsOf: Self.words.prefix(20 + number &* 37 % 56))
    let sum = out[start...].withUnsafeBytes { Self.checksum($0) }
    out.append(contentsOf: " #".utf8)
    let digits = String(sum, radix: 16)
    out.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 8 - digits.utf8.count))
    out.append(contentsOf: digits.utf8)
  }

  /// Finds the stamp in a frame or body; nil if there is none, or if a byte of it has changed.
  static func read(in bytes: UnsafeRawBufferPointer) -> MessageStamp? {
    guard let digits = bytes.end(of: mark), let number = bytes.number(at: digits), let sentAt = bytes.number(at: number.end + 1) else {
      return nil
    }
    var end = sentAt.end
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") { end += 1 }
    let sumStart = end - 8
    guard sumStart > sentAt.end, let sum = UInt32(UnsafeRawBufferPointer(rebasing: bytes[sumStart..<end]).text, radix: 16) else {
      return nil
    }
    let checked = UnsafeRawBufferPointer(rebasing: bytes[(digits - mark.count)..<(sumStart - 2)])
    guard checksum(checked) == sum else { return nil }
    return MessageStamp(number: number.value, sentAt: Int64(sentAt.value))
  }

  /// FNV-1a.
  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    bytes.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }
}
