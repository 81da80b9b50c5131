// The opening handshake: what is upgraded, what gets a plain response.
import Testing

@testable import PushDaemon

@Suite struct HandshakeTests {
  private let fixture: LoopFixture

  init() throws { fixture = try LoopFixture() }

  @Test func `a WebSocket without credentials is upgraded and waits for them`() {
    let peer = fixture.request("/ws")
    let response = fixture.response(peer)
    #expect(response.status == "101" && response.text.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
    #expect(peer.connection.phase == .awaitingAuth)
  }

  @Test(arguments: [
    ("/ws?since=x", "", "422"), ("/ws?since=-1", "", "422"), ("/ws?since=%2B5", "", "422"), ("/ws?since=99999999999999999999", "", "422"),
    ("/ws?room=a%20b", "", "422"), ("/ws?since=1&since=1", "", "400"), ("/ws?q=%00", "", "400"), ("/ws?q=%ff", "", "400"),
    ("/ws", "Authorization: Basic eDp5", "400"),
    ("/ws", "Origin: https://evil.test", "403"), ("/nowhere", "", "404"),
  ])
  func `a request that cannot be upgraded gets a problem and is closed`(target: String, header: String, status: String) {
    let peer = header.isEmpty ? fixture.request(target) : fixture.request(target, header)
    let response = fixture.response(peer)
    #expect(response.status == status && response.text.contains("application/problem+json"))
    #expect(peer.isClosed && peer.connection.phase == .httpResponseSent && fixture.handshakes.count == 0)
    fixture.pass(milliseconds: 5000)
    #expect(fixture.io.count == 0)
  }

  @Test func `health and readiness are separate`() {
    #expect(fixture.response(fixture.request("/ws/healthz")).status == "200")
    #expect(fixture.response(fixture.request("/readyz")).status == "200")
    fixture.isReady = false
    #expect(fixture.response(fixture.request("/healthz")).status == "200")
    #expect(fixture.response(fixture.request("/health")).status == "200")
    #expect(fixture.response(fixture.request("/ws/readyz")).status == "503")
    #expect(fixture.response(fixture.request("/healthz", method: "POST")).status == "405")
    // Another loop hangs.
    (fixture.isAlive, fixture.isReady) = (false, true)
    #expect(fixture.response(fixture.request("/ws/healthz")).status == "503")
    #expect(fixture.response(fixture.request("/ws/readyz")).status == "503")
  }

  @Test func `a request that comes in pieces is read when it is whole`() {
    let peer = fixture.connect()
    for piece in ["GET /healthz HT", "TP/1.1\r\nHost: a\r\n", "\r\n"] {
      #expect(peer.nextWrite() == nil)
      peer.sendBytes(Array(piece.utf8))
      fixture.read(peer)
    }
    #expect(fixture.response(peer).status == "200")
  }

  @Test func `one iteration reads a bounded number of requests, and any number of other bytes`() {
    let peers = (0..<20).map { _ in fixture.connect() }
    let isRead = peers.map { fixture.handshake.mayRead($0.connection) }
    #expect(isRead == (0..<20).map { $0 < Handshake.admissionsPerIterationMax })
    fixture.io.handle(.upgraded, peers[19].connection)
    #expect(fixture.handshake.mayRead(peers[19].connection) && !fixture.handshake.mayRead(peers[18].connection))
    fixture.handshake.iterationEnded()
    #expect(fixture.handshake.mayRead(peers[18].connection))
  }
}
