// Requests as values.

import Domain
import Testing

@testable import RestFCGI

@Suite struct RequestTests {
  @Test func `the length of a body is a number or unknown`() throws {
    #expect(try Request.contentLength(FastCGIParameters(["CONTENT_LENGTH=42"])) == 42)
    #expect(try Request.contentLength(FastCGIParameters(["CONTENT_LENGTH="])) == nil)
    #expect(try Request.contentLength(FastCGIParameters([])) == nil)
    for text in ["-1", "+1", "1 ", "0x1", "abc", "99999999999999999999", "1,1"] {
      #expect(throws: ChatError.self) { try Request.contentLength(FastCGIParameters(["CONTENT_LENGTH=" + text])) }
    }
  }

  @Test(arguments: ["get", "BREW", "", "GET ", "CONNECT"])
  func `an unknown method is nil`(text: String) {
    #expect(Request(FastCGIParameters(["REQUEST_METHOD=" + text]), body: .bytes([])).method == nil)
  }

  @Test func `a user agent has no control characters and at most 200 scalars`() {
    let marks = String(repeating: "\u{301}", count: 900)
    let request = Request(FastCGIParameters(["HTTP_USER_AGENT=a\tb\r\nc\u{7f}e" + marks]), body: .bytes([]))
    #expect(request.userAgent.unicodeScalars.starts(with: "abce".unicodeScalars))
    #expect(request.userAgent.unicodeScalars.count == 200)
    #expect(Request(FastCGIParameters([]), body: .bytes([])).userAgent == "")
  }
}
