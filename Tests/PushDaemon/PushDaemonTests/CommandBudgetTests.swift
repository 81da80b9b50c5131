// The budget of commands of any kind: one for all connections of a user, refused cheaply, closed in the end.
import Chat
import Configuration
import Domain
import TestSupport
import Testing
import WebSocket

@testable import PushDaemon

@Suite struct CommandBudgetTests {
  private let fixture: LoopFixture

  init() throws {
    fixture = try LoopFixture { $0.commandRate = RateLimit(count: 20, windowMilliseconds: 10_000) }
  }

  private static let ping = #"{"event":"ping","ref":"p"}"#

  @Test func `connections and kinds of commands of a user are counted together, those of others by themselves`() throws {
    let peers = try (0..<4).map { _ in try fixture.signedIn(fixture.chatFixture.alice) }
    let bob = try fixture.signedIn(fixture.chatFixture.bob)
    // Four places were taken by connecting.
    let texts = [Self.ping, #"{"event":"typing","ref":"t","data":{"room_id":"x"}}"#, "{", #"{"event":"dance","ref":"d"}"#]
    for number in 0..<16 { #expect(!fixture.command(peers[number % 4], texts[number / 4]).joined().contains("rate_limited")) }
    for (peer, text) in zip(peers, texts) {
      let frames = fixture.command(peer, text)
      #expect(frames.count == 1 && frames[0].contains(#""code":"rate_limited""#) && frames[0].contains(#""limit":"commands""#))
      #expect(frames[0].contains(#""retry_after_ms":10000"#))
      #expect(frames[0].contains(#""ref":"#) == (text != "{"))
    }
    #expect(fixture.command(bob, Self.ping).first?.contains("pong") == true)
    fixture.sockets.time += 10_000
    #expect(fixture.command(peers[0], Self.ping).first?.contains("pong") == true)
  }

  @Test func `pings of the protocol count, and are not answered when they are too many`() throws {
    let alice = try fixture.signedIn(fixture.chatFixture.alice)
    for _ in 0..<19 { alice.sendFrame(.ping, []); fixture.read(alice) }
    #expect(alice.frames() == Array(repeating: "pong", count: 19))
    for _ in 0..<3 { alice.sendFrame(.ping, []); fixture.read(alice) }
    #expect(alice.frames() == [])
    #expect(fixture.command(alice, Self.ping).first?.contains("rate_limited") == true)
  }

  @Test func `who goes on for a hundred refusals is closed, and not admitted again before the time`() throws {
    let alice = try fixture.signedIn(fixture.chatFixture.alice)
    for _ in 0..<19 { _ = fixture.command(alice, Self.ping) }
    for _ in 1..<100 { #expect(fixture.command(alice, Self.ping).count == 1) }
    #expect(alice.connection.isLive)
    #expect(fixture.command(alice, Self.ping).last == "close 4008 retry_after_ms=10000; refusals_in_a_row")
    #expect(fixture.command(alice, Self.ping) == [])

    let again = fixture.request("/ws?token=\(fixture.chatFixture.alice.signIn.accessToken)")
    again.readHead()
    try fixture.admit()
    let frames = again.frames()
    #expect(frames.count == 2 && frames[0].contains("rate_limited") && frames[1] == "close 4008 retry_after_ms=10000; command_rate")
    fixture.sockets.time += 10_000
    _ = try fixture.signedIn(fixture.chatFixture.alice)
  }

  @Test func `a command that is carried out between them begins the hundred anew`() throws {
    let alice = try fixture.signedIn(fixture.chatFixture.alice)
    for _ in 0..<19 { _ = fixture.command(alice, Self.ping) }
    for _ in 1..<100 { _ = fixture.command(alice, Self.ping) }
    fixture.sockets.time += 10_000
    for _ in 0..<20 { #expect(fixture.command(alice, Self.ping).first?.contains("pong") == true) }
    for _ in 1..<100 { _ = fixture.command(alice, Self.ping) }
    #expect(alice.connection.isLive)
  }

  @Test func `before sign-in a connection may send twenty frames`() throws {
    let peer = fixture.request("/ws")
    peer.readHead()
    for _ in 0..<20 { #expect(fixture.command(peer, Self.ping).first?.contains("pong") == true) }
    #expect(fixture.command(peer, Self.ping).last?.hasPrefix("close 4008 ") == true)
  }

  @Test func `the welcome names the limits`() throws {
    let peer = fixture.request("/ws?token=\(fixture.chatFixture.alice.signIn.accessToken)")
    peer.readHead()
    try fixture.admit()
    let welcome = try #require(peer.frames().first)
    for part in [
      #""event_rate":null"#, #""command_rate":{"count":20,"window_ms":10000}"#, #""connections_per_address":64"#,
      #""password_check_rate":null"#,
    ] { #expect(welcome.contains(part), "\(part)") }
  }
}
