// Writing of JSON.
import Domain
import TestSupport
import Testing
import Wire

@Suite struct JSONWriterTests {
  private func written(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func `every control byte, the quote and the backslash are escaped, and nothing else is`() throws {
    var wrong: [String] = []
    for value in UInt32(0)...0x2fff {
      guard let scalar = UnicodeScalar(value) else { continue }
      let json = written(String(scalar))
      let mustEscape = value < 0x20 || scalar == "\"" || scalar == "\\"
      let isEscaped = json.utf8.dropFirst().first == UInt8(ascii: "\\") && json.utf8.allSatisfy { $0 >= 0x20 }
      if isEscaped != mustEscape || !mustEscape && Array(json.utf8) != Array("\"\(scalar)\"".utf8) { wrong.append(json) }
    }
    #expect(wrong == [])
  }

  @Test(arguments: [
    ("", "\"\""), ("\"", #""\"""#), ("\\", #""\\""#), ("\n\r\t", #""\n\r\t""#), ("\u{0}\u{1f}\u{8}\u{c}", #""\u0000\u001f\u0008\u000c""#),
    ("</script>", #""</script>""#), ("é\u{2028}\u{2029}😀\u{7f}", "\"é\u{2028}\u{2029}😀\u{7f}\""), ("a\"b\\c\nd", #""a\"b\\c\nd""#),
  ])
  func `escapes are those of RFC 8259`(text: String, json: String) {
    #expect(Array(written(text).utf8) == Array(json.utf8))
  }

  @Test func `any text is read back by another reader as it was, to the byte`() throws {
    var random = SplitMix(seed: 8259)
    let alphabet: [Character] = [
      "a", "\"", "\\", "\n", "\u{0}", "\u{1f}", "\u{7f}", "é", "e\u{301}", "\u{2028}", "😀", "👩‍👩‍👧‍👦", "\u{feff}", "\u{fffd}", "\u{10ffff}", "/",
      "\r\n",
    ]
    for _ in 0..<2000 {
      let text = String((0..<random.int(0...40)).map { _ in random.pick(alphabet) })
      var writer = JSONWriter()
      writer.array { $0.string(text) }
      guard case .array(let values) = try JSONValue(writer.bytes), case .string(let read)? = values.first else {
        Issue.record("not read: \(text)")
        return
      }
      #expect(Array(read.utf8) == Array(text.utf8))
    }
  }

  @Test func `all integers are written in full`() throws {
    for value in [0, 1, -1, 9, 10, -10, 1234567890, Int64.max, .min] {
      var writer = JSONWriter()
      writer.integer(value)
      #expect(String(decoding: writer.bytes, as: UTF8.self) == String(value))
    }
  }

  @Test func `commas separate members and elements and occur nowhere else`() {
    let bytes = JSONWriter.object { json in
      json.key("empty")
      json.object { _ in }
      json.key("list")
      json.array { json in
        json.integer(1)
        json.array { _ in }
        json.object { $0.field("a", true) }
        json.null()
        json.raw(Array("{}".utf8))
        json.string("x")
      }
      json.field("text", "t")
      json.field("none", nil as String?)
      json.field("number", nil as Int64?)
      json.field("id", PublicID(trusted: "r1"))
      json.field("time", Timestamp(milliseconds: 0))
      json.field("no_time", nil as Timestamp?)
      json.field("raw", raw: nil)
      json.field("no", false)
    }
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"empty":{},"list":[1,[],{"a":true},null,{},"x"],"text":"t","none":null,"number":null,"id":"r1","time":"1970-01-01T00:00:00.000Z","no_time":null,"raw":null,"no":false}"#
    )
  }
}
