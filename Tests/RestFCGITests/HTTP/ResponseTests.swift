// Answers as they go out.

import Domain
import HTTPSyntax
import TestSupport
import Testing
import Wire

@testable import RestFCGI

@Suite struct ResponseTests {
  @Test("an answer has a status, its own name, no leave to be kept or guessed at, and its length")
  func head() {
    let head = Response(status: 201, body: Array("{}".utf8)).headText
    #expect(
      head == """
        Status: 201 Created\r\nX-Request-Id: 0123456789abcdef\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r
        Content-Type: application/json\r\nContent-Length: 2\r\n\r\n
        """)
  }

  @Test("an answer without content does not name a type or a length of it")
  func noContent() {
    let head = Response.noContent.headText
    #expect(head.hasPrefix("Status: 204 No Content\r\n"))
    #expect(!head.contains("Content-Type:") && !head.contains("Content-Length:"))
  }

  @Test("no value can end its line")
  func injection() {
    let head = Response.noContent.with("X-Test", "a\r\nSet-Cookie: b\u{0}\u{7f}").headText
    #expect(head.contains("X-Test: aSet-Cookie: b\r\n\r\n"))
  }

  @Test(
    "every code of a refusal has a status with words of its own",
    arguments: ChatError.Code.allCases.map(\.status) + HTTPError.Code.allCases.map(\.status))
  func reasons(status: Int) {
    #expect("\(ReasonPhrase.of(status))" != "Unknown")
  }

  @Test("a refusal becomes a problem document that names the request")
  func problem() {
    let response = Response(ChatError.invalid("limit", "range", "No."), requestID: "00000000000000ff")
    #expect(response.status == 422)
    #expect("\(response.contentType)" == "application/problem+json")
    #expect(response.code == "invalid_field")
    #expect(response.json?["request_id"]?.text == "00000000000000ff")
    #expect(response.json?["errors"] == .array([.object(["field": .string("limit"), "code": .string("range"), "detail": .string("No.")])]))
    #expect(response.header("Retry-After") == nil && response.header("WWW-Authenticate") == nil)
  }

  @Test("whoever must wait is told in whole seconds, rounded up", arguments: [(1, "1"), (1000, "1"), (1001, "2"), (4999, "5"), (0, "0")])
  func retryAfter(milliseconds: Int64, seconds: String) {
    let response = Response(ChatError(.rateLimited, "Wait.", retryAfterMilliseconds: milliseconds), requestID: "")
    #expect(response.header("Retry-After") == seconds)
    #expect(response.json?["retry_after_ms"]?.number == milliseconds)
  }

  @Test("whoever is not signed in is told how one signs in")
  func challenge() {
    #expect(Response(ChatError(.unauthenticated, ""), requestID: "").header("WWW-Authenticate") == "Bearer")
    #expect(Response(ChatError(.tokenExpired, ""), requestID: "").header("WWW-Authenticate")?.contains("invalid_token") == true)
    #expect(Response(ChatError(.forbidden, ""), requestID: "").header("WWW-Authenticate") == nil)
  }
}

@Suite struct EntityTagTests {
  @Test("the same bytes have the same tag, others another")
  func difference() {
    let page = (0..<12_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var tags: Set<String> = [ETag(of: page).text]
    for index in stride(from: 0, to: page.count, by: 97) {
      var changed = page
      changed[index] ^= 1
      tags.insert(ETag(of: changed).text)
    }
    for length in 0..<100 { tags.insert(ETag(of: Array(page.prefix(length))).text) }
    #expect(tags.count == 1 + 124 + 100)
    #expect(ETag(of: page) == ETag(of: page))
  }

  @Test("a tag is found in a list, weak or strong, and behind a star")
  func match() {
    let tag = ETag(of: [1, 2, 3])
    let strong = String(tag.text.dropFirst(2))
    for list in [tag.text, strong, "*", " * ", "\"x\", \(tag.text)", "W/\"a,b\" , \(strong),\"y\""] {
      #expect(tag.matches(list), "\(list)")
    }
  }

  @Test(
    "nothing else is taken for it",
    arguments: [
      "", "W/", "\"", "\"\"", "W/\"other\"", String(repeating: "\"", count: 4000), String(repeating: "W/", count: 1000), "**", "*,*",
    ])
  func noMatch(list: String) {
    #expect(!ETag(of: [1, 2, 3]).matches(list))
  }

  @Test("a tag inside another's quotation marks is not a tag")
  func insideOut() {
    let tag = ETag(of: [1])
    #expect(!tag.matches(String(tag.text.dropFirst(3).dropLast())))
  }

  @Test("a client that has this very state is sent nothing but that news")
  func notModified() {
    let response = Response(status: 200, body: [1, 2, 3])
    let first = response.tagged(against: nil)
    #expect(first.status == 200 && first.headText.contains("Cache-Control: private, no-cache\r\nETag: W/\""))
    let again = response.tagged(against: first.tag)
    #expect(again.status == 304 && again.body.isEmpty && again.tag == first.tag)
    #expect(!again.headText.contains("Content-Length:"))
    #expect(response.tagged(against: "W/\"0\"").status == 200)
  }
}

@Suite struct RequestIDTests {
  @Test("names of requests are 16 hexadecimal digits and do not repeat")
  func names() {
    var ids = RequestID()
    let names = Set((0..<10_000).map { _ in ids.next() })
    #expect(names.count == 10_000)
    #expect(names.allSatisfy { $0.utf8.count == 16 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } })
    #expect(RequestID.hex(0) == "0000000000000000")
    #expect(RequestID.hex(0x0123_4567_89ab_cdef) == "0123456789abcdef")
  }
}
