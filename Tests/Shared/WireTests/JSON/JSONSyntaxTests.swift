// JSON exactly as RFC 8259 defines it.
import Domain
import Testing

@testable import Wire

@Suite struct JSONSyntaxTests {
  private func isValid(_ bytes: [UInt8]) -> Bool { (try? JSONSyntax.check(bytes)) != nil }

  @Test(arguments: [
    "null", "true", "false", "0", "-0", "-1.5e+10", "1E-2", "10.01", #""""#, #""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#, "[]", "{}", " [ ] ",
    "\t\r\n{ \"a\" : [ 1 , 2 ] , \"a\" : { } }\n", "\"é😀\u{7f}\u{2028}\"", "[[[[[[[[]]]]]]]]", #"{"":""}"#,
    "1234567890123456789012345678901234567890",
  ])
  func `JSON is accepted`(text: String) {
    #expect(isValid(Array(text.utf8)))
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity", "'a'", "\"a", "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"", "\"a\nb\"", "\"\u{0}\"", "\"\u{1f}\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "}", "{\"a\"}", "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}", "{1:1}", "{\"a\" 1}", "{,}", "1 2", "{}{}", "[] x", "// c\n1", "/**/1", "\u{feff}1", "\u{a0}1", "1\u{b}", "\u{0}{\u{0}}",
  ])
  func `anything else is refused`(text: String) {
    #expect(!isValid(Array(text.utf8)))
  }

  @Test func `every byte sequence that is not UTF-8 is refused at any position`() {
    for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]] {
      #expect(!isValid(bytes))
      #expect(!isValid([0x22] + bytes + [0x22]))
    }
  }

  @Test func `the deepest nesting is accepted and one level more is not, in arrays and objects alike`() {
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      func nested(_ depth: Int) -> [UInt8] {
        Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
      }
      #expect(isValid(nested(JSONSyntax.depthMax)))
      #expect(!isValid(nested(JSONSyntax.depthMax + 1)))
      #expect(!isValid(nested(30_000)))
    }
  }

  /// A letter with so many marks on it, written in three ways; the last are marks of music, beyond 16 bits.
  private static func letters(marks count: Int) -> [String] {
    ["\u{316}\u{301}", #"\u0316\u0301"#, #"\ud834\udd7b\ud834\udd85"#].map { "a" + String(repeating: $0, count: count / 2) }
  }

  @Test func `a character may have many combining marks up to the limit, escaped or not`() {
    for letter in Self.letters(marks: CombiningMarkLimit.marksMax) {
      for json in [letter, letter + letter, letter + #"\n"# + letter].map({ "[\"\($0)\",\"\($0)\"]" }) {
        #expect(isValid(Array(json.utf8)))
      }
    }
    for letter in Self.letters(marks: CombiningMarkLimit.marksMax + 2) {
      #expect(throws: ChatError(.malformedJSON, "More than \(CombiningMarkLimit.marksMax) combining marks follow each other.")) {
        try JSONSyntax.check(Array("{\"\(letter)\":1}".utf8))
      }
    }
  }

  @Test func `characters without combining marks, and halves of surrogate pairs, do not count as marks`() {
    for text in ["é", "ж", "中", "한", "😀", #"\u4e2d"#, #"\ud83d\ude00"#, #"\ud834"#, #"\ud834\n"#, #"\ud834\ud834"#, #"\udd7b"#] {
      #expect(isValid(Array("\"\(String(repeating: text, count: 300))\"".utf8)))
    }
    #expect(!isValid(Array(#""\ud834\""#.utf8)))
  }
}
