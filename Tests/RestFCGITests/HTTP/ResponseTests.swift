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

  @Test func `below a path, what is read from the root of the host on has the path before it`() {
    let response = Response.noContent.with("Location", "/api/v1/rooms/x").with("X-Accel-Redirect", "/echochat-files/a")
      .with("Link", "</api/v1/rooms?cursor=a&>; rel=\"next\", </api/v1/rooms?cursor=b&>; rel=\"prev\"")
      .with("Set-Cookie", "c=/d; HttpOnly; Path=/api/v1/auth; Max-Age=1").with("Allow", "GET")
    let moved = response.below("/chat").headers.map(\.value)
    #expect(
      moved == [
        "/chat/api/v1/rooms/x", "/chat/echochat-files/a",
        "</chat/api/v1/rooms?cursor=a&>; rel=\"next\", </chat/api/v1/rooms?cursor=b&>; rel=\"prev\"",
        "c=/d; HttpOnly; Path=/chat/api/v1/auth; Max-Age=1", "GET",
      ])
    for path in [nil, "", "/", "chat", "/a b", "/a\r\nX: y"] {
      #expect(response.below(path).headers.map(\.value) == response.headers.map(\.value))
    }
  }

  @Test func `no header value can end its line`() {
    let head = Response.noContent.with("X-Test", "a\r\nSet-Cookie: b\u{0}\u{7f}").headText
    #expect(head.contains("X-Test: aSet-Cookie: b\r\n\r\n"))
  }
}
