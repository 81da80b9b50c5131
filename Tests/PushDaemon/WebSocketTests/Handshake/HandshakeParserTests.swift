// Heads of requests: what is read, and what is refused.

import Testing
import WebSocket

@Suite struct HandshakeParserTests {
  @Test func `a handshake is read, and the bytes behind it are left`() throws {
    let bytes = upgradeHead(adding: ["Origin: http://example.com", "X-Spaced: \t a b \t"])
    guard case .request(let request, let consumed) = parsed(bytes + [0x81, 0x80]) else {
      Issue.record("not read")
      return
    }
    #expect(consumed == bytes.count)
    #expect(request.method == "GET" && request.path == "/ws")
    #expect(request.header("hOsT") == "server.example.com")
    #expect(request.header("x-spaced") == "a b")
    #expect(request.header("x-absent") == nil)
    #expect(request.origin == "http://example.com")
    #expect(request.isWebSocketUpgrade)
    let upgrade = try request.upgrade()
    #expect(upgrade.key == "dGhlIHNhbXBsZSBub25jZQ==")
  }

  @Test func `a head that arrives in pieces is read once it is whole, wherever it is cut`() {
    let bytes = upgradeHead()
    var parser = HandshakeParser()
    for count in 0..<bytes.count {
      guard case .needMore = parser.parse(Array(bytes[..<count])) else {
        Issue.record("read too early, at \(count)")
        return
      }
      var other = HandshakeParser()
      _ = other.parse(Array(bytes[..<count]))
      #expect(other.parse(bytes).request != nil)
    }
    #expect(parser.parse(bytes).request?.path == "/ws")
  }

  @Test func `a probe of the daemon's health is read too`() throws {
    let request = try #require(parsed(head("GET /ws/healthz HTTP/1.1", ["Host: localhost", "Content-Length: 0"])).request)
    #expect(request.path == "/ws/healthz" && !request.isWebSocketUpgrade && request.origin == nil && !request.hasAuthorization)
    #expect(parsed(head("HEAD /ws/readyz HTTP/1.1", ["Host: [::1]:8080"])).request?.method == "HEAD")
  }

  @Test(arguments: [
    ("GET /ws HTTP/1.1\nHost: a\n\n", 400),  // bare LF
    ("GET /ws HTTP/1.1\rHost: a\r\r", 400),  // bare CR
    ("GET /ws HTTP/1.1\r\nHost: a\n\r\n", 400),
    ("GET /ws HTTP/1.1\r\nHost: a\r\r\n\r\n", 400),
    ("\r\nGET /ws HTTP/1.1\r\nHost: a\r\n\r\n", 400),  // empty first line
    ("GET /ws HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),  // obs-fold
    ("GET /ws HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    ("GET /ws HTTP/1.1\r\n\tX: a\r\nHost: a\r\n\r\n", 400),
    ("GET /ws HTTP/1.1\r\nHost : a\r\n\r\n", 400),  // space before the colon
    ("GET /ws HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),  // no colon
    ("GET /ws HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400),  // no name
    ("GET /ws HTTP/1.1\r\nHost: a\r\nX(: b\r\n\r\n", 400),
    ("GET /ws HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", 400),
    ("GET /ws HTTP/1.1\r\nHost: a\r\nX: a\u{1B}b\r\n\r\n", 400),
    ("GET /ws HTTP/1.1\r\nHost: a\r\nX: a\u{7F}b\r\n\r\n", 400),
    ("GET /ws HTTP/1.1\r\n\r\n", 400),  // no host
    ("GET /ws HTTP/1.1\r\nHost:\r\n\r\n", 400),
    ("GET /ws HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    ("GET /ws HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    ("GET /ws HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
    ("GET  /ws HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /ws  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (" GET /ws HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /ws HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    ("GET /w s HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET\t/ws\tHTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("G(T /ws HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /ws\r\nHost: a\r\n\r\n", 400),  // HTTP/0.9
    ("GET /ws HTTP/1.0\r\nHost: a\r\n\r\n", 505),
    ("GET /ws HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    ("GET /ws http/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /ws HTTP/1.10\r\nHost: a\r\n\r\n", 400),
    ("GET http://a/ws HTTP/1.1\r\nHost: a\r\n\r\n", 400),  // absolute-form
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET ws HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /ws#x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /wé HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 400),  // bodies
    ("POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n", 400),
    ("POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 0\r\n\r\n", 400),
    ("POST /ws HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("POST /ws HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 400),
  ])
  func `a malformed request is refused`(text: String, status: Int) {
    let refusal = parsed(Array(text.utf8)).refusal
    #expect(refusal?.status == status)
    // The same, byte by byte: nothing slips through in pieces.
    var parser = HandshakeParser()
    let bytes = Array(text.utf8)
    var first: HandshakeError?
    for count in 1...bytes.count where first == nil { first = parser.parse(Array(bytes[..<count])).refusal }
    #expect(first == refusal)
  }

  @Test(arguments: ["Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Authorization", "Origin", "Content-Length"])
  func `a critical header that comes twice is refused, even with equal values`(name: String) {
    let lines = ["Host: a"].filter { _ in name != "Host" }
    let once = head("GET /ws HTTP/1.1", lines + ["\(name): 0"])
    #expect(parsed(once).request != nil)
    let twice = head("GET /ws HTTP/1.1", lines + ["\(name): 0", "\(name.lowercased()): 0"])
    #expect(parsed(twice).refusal?.status == 400)
  }

  @Test func `a head may have exactly 8 KiB`() {
    let frame = head("GET /ws HTTP/1.1", ["Host: a", "X: "]).count
    let full = head("GET /ws HTTP/1.1", ["Host: a", "X: " + String(repeating: "x", count: 8_192 - frame)])
    #expect(full.count == HandshakeParser.maxHeadBytes)
    #expect(parsed(full + [0x81]).request != nil)
    let over = head("GET /ws HTTP/1.1", ["Host: a", "X: " + String(repeating: "x", count: 8_193 - frame)])
    #expect(parsed(over).refusal?.status == 431)
    #expect(parsed(Array(over[..<8_192])).refusal == nil)
    #expect(parsed([UInt8](repeating: 0x41, count: 8_193)).refusal?.status == 431)
  }

  @Test func `a head may have exactly 64 header lines`() {
    let lines = ["Host: a"] + (1..<64).map { "X-\($0): y" }
    #expect(parsed(head("GET /ws HTTP/1.1", lines)).request != nil)
    #expect(parsed(head("GET /ws HTTP/1.1", lines + ["X-64: y"])).refusal?.status == 431)
  }

  @Test(arguments: [" b", "\tb", " b: c"])
  func `a folded header is refused as such`(continuation: String) {
    #expect(parsed(head("GET /ws HTTP/1.1", ["Host: a", "X: a", continuation])).refusal?.reason == "A header is folded over two lines.")
  }

  @Test func `a TLS hello is refused at once`() {
    #expect(parsed([0x16, 0x03, 0x01, 0x02, 0x00]).refusal?.status == 400)
  }

  @Test func `bytes above ASCII in a value are taken`() {
    #expect(parsed(head("GET /ws HTTP/1.1", ["Host: a", "X: schön"])).request?.header("x") == "schön")
    #expect(parsed(Array("GET /ws HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xFF] + Array("\r\n\r\n".utf8)).request?.header("x") == "\u{FFFD}")
  }

  @Test(arguments: [
    ("Bearer abc.def-ghi_jkl~+/=", "abc.def-ghi_jkl~+/="), ("bearer x", "x"), ("BEARER   x", "x"), ("Bearer", nil), ("Bearer ", nil),
    ("Basic eDp5", nil), ("Bearer a b", nil), ("Bearer a,b", nil), ("Bearerx", nil), ("", nil),
  ])
  func `a bearer token is read from Authorization and nothing else is`(value: String, token: String?) throws {
    let request = try #require(parsed(head("GET /ws HTTP/1.1", ["Host: a", "Authorization: \(value)"])).request)
    #expect(request.bearerToken == token)
    #expect(request.hasAuthorization)
  }
}
