// UTF-8, and everything that only looks like it.

import Testing
import WebSocket

@Suite struct UTF8ValidatorTests {
  private func accepts(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { UTF8Validator.isValid($0) }
  }

  /// How many bytes are read before the validator fails; nil if it does not.
  private func failure(in bytes: [UInt8]) -> Int? {
    var validator = UTF8Validator()
    for (index, byte) in bytes.enumerated() {
      let isGood = [byte].withUnsafeBytes { validator.accept($0) }
      if !isGood { return index }
    }
    return nil
  }

  @Test(arguments: [
    "", "a", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\u{0}", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFD}",
    "\u{FFFE}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}", "👩‍👩‍👧‍👦 und 世界", "12345678", "123456789", "1234567é", "12345678é", "日本語日本語日本語",
  ])
  func `text is accepted, however it is cut`(text: String) {
    let bytes = Array(text.utf8)
    #expect(accepts(bytes))
    for cut in 0...bytes.count {
      var validator = UTF8Validator()
      let head = bytes[..<cut].withUnsafeBytes { validator.accept($0) }
      let tail = bytes[cut...].withUnsafeBytes { validator.accept($0) }
      #expect(head && tail && validator.isComplete)
    }
  }

  @Test(
    arguments: [
      ([0x80], 0), ([0xBF], 0),  // continuations of nothing
      ([0xC0, 0xAF], 0), ([0xC1, 0xBF], 0),  // overlong, two bytes
      ([0xE0, 0x80, 0xAF], 1), ([0xE0, 0x9F, 0xBF], 1),  // overlong, three bytes
      ([0xF0, 0x80, 0x80, 0xAF], 1), ([0xF0, 0x8F, 0xBF, 0xBF], 1),  // overlong, four bytes
      ([0xF8, 0x88, 0x80, 0x80, 0x80], 0), ([0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], 0),  // five and six bytes
      ([0xED, 0xA0, 0x80], 1), ([0xED, 0xAF, 0xBF], 1), ([0xED, 0xB0, 0x80], 1), ([0xED, 0xBF, 0xBF], 1),  // surrogates
      ([0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80], 1),  // a pair of them
      ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xF7, 0xBF, 0xBF, 0xBF], 0),  // above U+10FFFF
      ([0xFE], 0), ([0xFF], 0),
      ([0xC3, 0x41], 1), ([0xE2, 0x82, 0x41], 2), ([0xF0, 0x9F, 0x98, 0x41], 3), ([0xE2, 0xC3, 0xA9], 1),  // broken off by another
      (Array("Hello-µ@ßöäüàá".utf8) + [0xED, 0xA0, 0x80], 22),
      (Array("12345678".utf8) + [0x80], 8), (Array("1234567".utf8) + [0xFF], 7),
    ] as [([UInt8], Int)])
  func `what is not UTF-8 is refused at the first byte that shows it`(bytes: [UInt8], position: Int) {
    #expect(!accepts(bytes))
    #expect(failure(in: bytes) == position)
  }

  @Test(arguments: ["é", "€", "😀", "\u{10FFFF}"])
  func `a character that is broken off is not an error yet, but not complete`(text: String) {
    let bytes = Array("abc\(text)".utf8)
    for count in 4..<bytes.count {
      var validator = UTF8Validator()
      let isGood = bytes[..<count].withUnsafeBytes { validator.accept($0) }
      #expect(isGood && !validator.isComplete)
      #expect(!accepts(Array(bytes[..<count])))
    }
  }

  @Test func `it judges two hundred thousand random strings as the standard library does`() {
    var random = SplitMix(seed: 8)
    // Bytes at which the rules change, far more often than chance would bring them.
    let edges: [UInt8] = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5]
    var differences = 0
    var valid = 0
    for _ in 0..<200_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in edges.randomElement(using: &random) ?? 0 }
      let expected = String(validating: bytes, as: UTF8.self) != nil
      if accepts(bytes) != expected { differences += 1 }
      if expected { valid += 1 }
    }
    #expect(differences == 0)
    #expect(valid > 1_000)
  }
}
