// Query strings: how they are split, and how escapes are decoded.
import HTTPSyntax
import Testing

@Suite struct QueryStringTests {
  @Test(
    arguments: [
      ("", []), ("&&", []), ("a", ["a:"]), ("a=", ["a:"]), ("=b", [":b"]), ("a=1&&b=2", ["a:1", "b:2"]), ("a=b=c", ["a:b=c"]),
      ("a=%26&b=+", ["a:%26", "b:+"]),
    ] as [(String, [String])])
  func `a query is split into items that are still encoded`(text: String, items: [String]) {
    #expect(QueryString.items(of: text.utf8).map { "\(Substring($0.name)):\(Substring($0.value))" } == items)
  }
}

@Suite struct PercentEncodingTests {
  private func decoded(_ text: String, plusIsSpace: Bool = false) throws(PercentEncoding.Malformed) -> String {
    var bytes: [UInt8] = []
    try PercentEncoding.decode(text.utf8, plusIsSpace: plusIsSpace, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `escapes are decoded once, in either case`() throws {
    #expect(try decoded("%41%6a%6A%2525") == "Ajj%25")
    #expect(try decoded("%C3%a9") == "é")
  }

  @Test func `plus is a space in forms only`() throws {
    #expect(try decoded("a+b%2B") == "a+b+")
    #expect(try decoded("a+b%2B", plusIsSpace: true) == "a b+")
  }

  @Test(arguments: ["%", "%4", "%4g", "%g4", "%%41", "a%"])
  func `a broken escape is rejected`(text: String) {
    #expect(throws: PercentEncoding.Malformed.brokenEscape) { try decoded(text) }
  }

  @Test func `an escaped NUL is rejected`() {
    #expect(throws: PercentEncoding.Malformed.escapedNUL) { try decoded("a%00") }
  }
}
