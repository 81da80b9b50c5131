// The client's half of the handshake, against the server's.

import Testing
import WebSocket

@Suite struct ClientHandshakeTests {
  @Test func `client and server come together`() throws {
    var client = ClientHandshake()
    var toServer: [UInt8] = []
    client.appendRequest(
      target: "/ws?since=7", host: "localhost:8080", subprotocols: ["echochat.v1", "bearer.x"], headers: [HTTPHeader("Origin", "http://a")],
      to: &toServer)
    let request = try #require(parsed(toServer).request)
    #expect(request.query("since") == "7" && request.origin == "http://a" && request.header("host") == "localhost:8080")
    var toClient: [UInt8] = []
    HTTPResponse.appendSwitchingProtocols(try request.upgrade(), subprotocol: "echochat.v1", sha1: tinySHA1, to: &toClient)
    for count in 0..<toClient.count {
      guard case .needMore = client.parse(Array(toClient[..<count])) else {
        Issue.record("read too early, at \(count)")
        return
      }
    }
    guard case .answer(let answer, let consumed) = client.parse(toClient + [0x81, 0x00]) else {
      Issue.record("not an answer")
      return
    }
    #expect(consumed == toClient.count)
    #expect(answer.status == 101 && answer.subprotocol == "echochat.v1")
    #expect(client.isAccepted(by: answer, sha1: tinySHA1))
    let other = ClientHandshake()
    #expect(!other.isAccepted(by: answer, sha1: tinySHA1))
  }

  @Test func `every attempt has a key of its own`() {
    #expect(Set((0..<32).map { _ in ClientHandshake().key }).count == 32)
  }

  @Test func `a refusal is read with its status`() {
    var client = ClientHandshake()
    var out: [UInt8] = []
    HTTPResponse.append(HandshakeError(431, "Too much."), problem: Array("{}".utf8), to: &out)
    guard case .answer(let answer, let consumed) = client.parse(out) else {
      Issue.record("not an answer")
      return
    }
    #expect(answer.status == 431 && consumed == out.count - 2 && answer.accept == nil)
    #expect(answer.header("content-type") == "application/problem+json")
    #expect(!client.isAccepted(by: answer, sha1: tinySHA1))
  }

  @Test(arguments: [
    "HTTP/1.0 101 X\r\n\r\n", "HTTP/1.1 10 X\r\n\r\n", "HTTP/1.1 1010\r\n\r\n", "HTTP/1.1\r\n\r\n", "\u{16}\u{3}", "HTTP/1.1 200\n",
  ])
  func `what is not an HTTP response is malformed`(text: String) {
    var client = ClientHandshake()
    guard case .malformed = client.parse(Array(text.utf8)) else {
      Issue.record("accepted")
      return
    }
  }
}
