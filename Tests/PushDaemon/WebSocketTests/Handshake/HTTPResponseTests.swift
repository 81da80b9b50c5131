// Responses on the wire.

import Testing
import WebSocket

@Suite struct HTTPResponseTests {
  private func upgrade(offering subprotocols: String? = nil) throws -> Upgrade {
    let lines = subprotocols.map { ["Sec-WebSocket-Protocol: \($0)"] } ?? []
    return try #require(parsed(upgradeHead(adding: lines)).request).upgrade()
  }

  @Test func `the key of RFC 6455 section 1.3 is answered as printed there`() {
    #expect(AcceptKey.answering("dGhlIHNhbXBsZSBub25jZQ==", sha1: tinySHA1) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test func `the switch to WebSocket is the whole of it`() throws {
    var out: [UInt8] = []
    HTTPResponse.appendSwitchingProtocols(try upgrade(), sha1: tinySHA1, to: &out)
    let expected = """
      HTTP/1.1 101 Switching Protocols\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
      \r

      """
    #expect(String(decoding: out, as: UTF8.self) == expected)
  }

  @Test(arguments: [("echochat.v1", true), ("bearer.x", true), ("ECHOCHAT.V1", false), ("other", false)])
  func `only a subprotocol that was offered is ever chosen`(subprotocol: String, isChosen: Bool) throws {
    var out: [UInt8] = []
    let upgrade = try upgrade(offering: "echochat.v1, bearer.x")
    HTTPResponse.appendSwitchingProtocols(upgrade, subprotocol: subprotocol, server: "EchoChat", sha1: tinySHA1, to: &out)
    var client = ClientHandshake(key: upgrade.key)
    guard case .answer(let answer, _) = client.parse(out) else {
      Issue.record("not an answer")
      return
    }
    #expect(answer.subprotocol == (isChosen ? subprotocol : nil))
    #expect(answer.header("server") == "EchoChat")
  }

  @Test func `a refusal is a problem, and closes`() {
    var out: [UInt8] = []
    let refusal = parsed(head("GET /ws HTTP/1.0", ["Host: a"])).refusal
    HTTPResponse.append(refusal ?? HandshakeError(500, ""), problem: Array("{}".utf8), server: "EchoChat", to: &out)
    let expected = """
      HTTP/1.1 505 HTTP Version Not Supported\r
      Content-Type: application/problem+json\r
      Content-Length: 2\r
      Cache-Control: no-store\r
      X-Content-Type-Options: nosniff\r
      Connection: close\r
      Server: EchoChat\r
      \r
      {}
      """
    #expect(String(decoding: out, as: UTF8.self) == expected)
  }

  @Test func `a probe asked with HEAD gets the headers only`() {
    var out: [UInt8] = []
    HTTPResponse.append(status: 200, contentType: "text/plain", body: Array("ok".utf8), omitsBody: true, to: &out)
    let text = String(decoding: out, as: UTF8.self)
    #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains("Content-Length: 2\r\n") && text.hasSuffix("\r\n\r\n"))
  }

  @Test func `the response to another version says how to upgrade`() throws {
    let request = try #require(parsed(upgradeHead(changing: ["Sec-WebSocket-Version": "7"])).request)
    let refusal = try #require(throws: HandshakeError.self) { try request.upgrade() }
    var out: [UInt8] = []
    HTTPResponse.append(refusal, problem: [], to: &out)
    let text = String(decoding: out, as: UTF8.self)
    #expect(text.contains("Sec-WebSocket-Version: 13\r\n") && text.contains("Upgrade: websocket\r\n"))
    #expect(text.contains("Connection: close, Upgrade\r\n"))
  }

  @Test func `a value cannot begin a header of its own`() {
    var out: [UInt8] = []
    HTTPResponse.append(status: 200, contentType: "a\r\nSet-Cookie: x", headers: [HTTPHeader("X", "y\nZ: z\u{0}")], body: [], to: &out)
    let lines = String(decoding: out, as: UTF8.self).split(separator: "\r\n").map(String.init)
    #expect(lines.contains("Content-Type: a  Set-Cookie: x") && lines.contains("X: y Z: z "))
    #expect(lines.count == 7)
  }
}
