// Heads of responses.

import Domain
import TestSupport
import Testing
import Wire

@testable import RestFCGI

@Suite struct ResponseTests {
  @Test func `a response has a status, a request id, nosniff, no-store and its length`() {
    let head = Response(status: 201, body: Array("{}".utf8)).headText
    #expect(
      head == """
        Status: 201 Created\r\nX-Request-Id: 0123456789abcdef\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r
        Content-Type: application/json\r\nContent-Length: 2\r\n\r\n
        """)
  }

  @Test func `a response without content has no type and no length`() {
    let head = Response.noContent.headText
    #expect(head.hasPrefix("Status: 204 No Content\r\n"))
    #expect(!head.contains("Content-Type:") && !head.contains("Content-Length:"))
  }

  @Test func `no header value can end its line`() {
    let head = Response.noContent.with("X-Test", "a\r\nSet-Cookie: b\u{0}\u{7f}").headText
    #expect(head.contains("X-Test: aSet-Cookie: b\r\n\r\n"))
  }
}
