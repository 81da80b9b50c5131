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
      for (json, field) in [
        (#"{"content":"\#(letter)"}"#, "content"), (#"{"a":[{},"\#(letter)",{"b":1}]}"#, "a.1"),
        (#" { "x" : [1,"é",{"y":{}}] , "data" : { "n":-1.5e3, "t":[0, {"u" : "\#(letter)"}] } } "#, "data.t.1.u"),
      ] {
        let error = #expect(throws: ChatError.self) { try JSONSyntax.check(Array(json.utf8)) }
        #expect(error == .invalid(field, "characters", "More than \(CombiningMarkLimit.marksMax) combining marks follow each other."))
      }
      // A name: its beginning says which.
      let error = #expect(throws: ChatError.self) { try JSONSyntax.check(Array("{\"\(letter)\":1}".utf8)) }
      #expect(error?.code == .invalidField && error?.fields.first?.field.unicodeScalars.count == 64)
      // What is no JSON behind it is no JSON.
      #expect(throws: ChatError(.malformedJSON, "This is not valid JSON, from byte \(letter.utf8.count + 7) on.")) {
        try JSONSyntax.check(Array("{\"a\":\"\(letter)\"".utf8))
      }
    }
  }

  @Test(arguments: [
    (#"{"content":"\ud800"}"#, "content"), (#"{"a":{"b":["x","\udc00x"]}}"#, "a.b.1"), (#"{"a":"\ud800\u0041"}"#, "a"),
    (#"{"a":"\ud834\ud834"}"#, "a"),
  ])
  func `half of a surrogate pair is refused with the name of its field`(json: String, field: String) {
    let error = #expect(throws: ChatError.self) { try JSONSyntax.check(Array(json.utf8)) }
    #expect(error?.code == .invalidField && error?.fields.map(\.field) == [field])
  }

  @Test(arguments: [
    ("{\"a\":\"x\ny\"}", "control character at byte 7"), ("{\"a\":\"\u{0}\"}", "control character at byte 6"),
    ("{\"a\":1,}", "from byte 7 on"),
    (String(repeating: "[", count: 33), "within each other"), ("", "from byte 0 on"),
  ])
  func `what is no JSON is told with its place, and nothing but bad UTF-8 is called that`(json: String, part: String) {
    let error = #expect(throws: ChatError.self) { try JSONSyntax.check(Array(json.utf8)) }
    #expect(error?.code == .malformedJSON && error?.detail.contains(part) == true, "\(error?.detail ?? "")")
    #expect(error?.detail.contains("UTF-8") == false)
    #expect(throws: ChatError(.malformedJSON, "This is not UTF-8 text.")) { try JSONSyntax.check([0x22, 0xff, 0x22]) }
  }

  @Test func `characters without combining marks do not count as marks`() {
    for text in ["é", "ж", "中", "한", "😀", #"\u4e2d"#, #"\ud83d\ude00"#] {
      #expect(isValid(Array("\"\(String(repeating: text, count: 300))\"".utf8)))
    }
    #expect(!isValid(Array(#""\ud834\""#.utf8)))
  }
}
