// Whole numbers of headers and queries.
import HTTPSyntax
import Testing

@Suite struct DigitsTests {
  @Test(arguments: [
    ("0", 0), ("7", 7), ("007", 7), ("9223372036854775807", Int64.max), ("000000000000000000000000000042", 42),
  ])
  func `digits that fit are a number`(text: String, number: Int64) {
    #expect(Int64(digits: text) == number && Int64(digits: Substring(text)) == number)
  }

  @Test(arguments: ["", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "٣", "1\u{0301}", "9223372036854775808", "99999999999999999999"])
  func `anything else is none`(text: String) {
    #expect(Int64(digits: text) == nil)
  }

  @Test func `a smaller type has its own bounds`() {
    #expect(UInt8(digits: "255") == 255 && UInt8(digits: "256") == nil && Int8(digits: "128") == nil && Int8(digits: "127") == 127)
    #expect(UInt16(digits: "65536") == nil && UInt16(digits: "65535") == 65535)
  }
}
