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

  @Test func `a client is an IPv4 address or the /64 of an IPv6 address, as nginx tells it`() {
    func client(_ told: String) -> String? { Request(FastCGIParameters(["ECHOCHAT_CLIENT=" + told]), body: .bytes([])).client }
    #expect(client("v4 192.0.2.1") == "192.0.2.1" && client("v6 2001:db8:0:1") == "2001:db8:0:1::/64")
    #expect(client("v6 0:0:0:0") == "0:0:0:0::/64" && client("unix:") == "unix:")
    #expect(client("") == nil && client("v4 ") == nil && client("v4 1 2") == nil && client(String(repeating: "1", count: 65)) == nil)
  }
}
