// Who is admitted, at which position, and how the others are refused.
import Auth
import Chat
import Domain
import Configuration
import TestSupport
import Testing
import WebSocket

@testable import PushDaemon

@Suite struct AuthenticatorTests {
  private func opened(_ fixture: LoopFixture, _ target: String) -> TestPeer {
    let peer = fixture.request(target)
    peer.readHead()
    return peer
  }

  @Test func `Alice signs in with an access token`() throws {
    let fixture = try LoopFixture()
    let room = try fixture.chatFixture.lobby(fixture.chatFixture.bob)
    let peer = opened(fixture, "/ws?token=\(fixture.chatFixture.alice.signIn.accessToken)")
    #expect(peer.connection.phase == .authenticating && peer.connection.isReadingPaused)
    try fixture.admit()
    let frames = peer.frames()
    #expect(frames.count == 1 && frames[0].contains(#""event":"welcome""#) && frames[0].contains(#""resumed":false"#))
    // The fixture's replay buffer begins before the room, so the connection waits for its events or reads them; then it is live.
    #expect(!peer.connection.isReadingPaused && fixture.handshakes.count == 0)
    #expect(peer.connection.user?.username == "alice" && !room.isEmpty)
  }

  @Test func `a ticket works once`() throws {
    let fixture = try LoopFixture()
    let ticket = try fixture.chatFixture.chat.issueTicket(for: fixture.chatFixture.alice.principal)
    let (first, second) = (opened(fixture, "/ws?ticket=\(ticket)"), opened(fixture, "/ws?ticket=\(ticket)"))
    while fixture.io.all.contains(where: { $0.phase == .authenticating }) { try fixture.admit() }
    #expect(first.connection.isLive && second.frames().last?.hasPrefix("close 4001 ") == true)
  }

  @Test func `bad credentials are refused after the upgrade, with the error and the code that says why`() throws {
    let fixture = try LoopFixture()
    for query in ["token=x", "ticket=x"] {
      let peer = opened(fixture, "/ws?\(query)")
      let frames = peer.frames()
      #expect(frames.count == 2 && frames[0].contains(#""event":"error""#) && frames[1].hasPrefix("close 4001 "))
      #expect(fixture.handshakes.count == 0)
    }
  }

  @Test func `frames that come during the lookup are read after it`() throws {
    let fixture = try LoopFixture()
    let peer = opened(fixture, "/ws")
    var bytes: [UInt8] = []
    for text in [
      #"{"event":"authenticate","ref":"a","data":{"token":"\#(fixture.chatFixture.alice.signIn.accessToken)"}}"#,
      #"{"event":"ping","ref":"p"}"#,
    ] { bytes += TestPeer.masked(.text, Array(text.utf8)) }
    peer.sendBytes(bytes)
    fixture.read(peer)
    #expect(peer.frames() == [] && peer.connection.phase == .authenticating)
    try fixture.admit()
    let frames = peer.frames()
    #expect(frames.count == 3 && frames[1].contains(#""ref":"a""#) && frames[2].contains(#""event":"pong""#))
  }

  @Test func `the connection above a user's limit is refused until one closes`() throws {
    let fixture = try LoopFixture { $0.connectionsPerUser = 1 }
    let first = try fixture.signedIn(fixture.chatFixture.alice)
    let token = fixture.chatFixture.alice.signIn.accessToken
    let second = opened(fixture, "/ws?token=\(token)")
    try fixture.admit()
    let frames = second.frames()
    #expect(frames[0].contains("too_many_connections") && frames[1].hasPrefix("close 1013 "))
    #expect(try fixture.signedIn(fixture.chatFixture.bob).connection.isLive)
    first.hangUp()
    fixture.read(first)
    #expect(try fixture.signedIn(fixture.chatFixture.alice).connection.isLive)
  }

  @Test func `a connection for a room that its user is not in is refused`() throws {
    let fixture = try LoopFixture()
    let room = try fixture.chatFixture.room("Secret", .group, by: fixture.chatFixture.bob)
    let peer = opened(fixture, "/ws?room=\(room)&token=\(fixture.chatFixture.alice.signIn.accessToken)")
    try fixture.admit()
    #expect(peer.frames().last?.hasPrefix("close 1008 ") == true)
    fixture.pass(milliseconds: 5000)
    #expect(fixture.io.count == 0 && fixture.hub.users.isEmpty)
    #expect(fixture.limiter.acquire(fixture.chatFixture.alice.principal.user.rowID, limit: 1), "it counts no longer")
  }

  @Test func `authenticate prolongs a connection, but only for the same user`() throws {
    let fixture = try LoopFixture()
    let peer = try fixture.signedIn(fixture.chatFixture.alice)
    peer.connection.tokenExpiresAt = 0
    func authenticate(_ user: TestUser) -> [String] {
      fixture.command(peer, #"{"event":"authenticate","ref":"a","data":{"token":"\#(user.signIn.accessToken)"}}"#)
    }
    #expect(authenticate(fixture.chatFixture.bob).first?.contains(#""event":"error""#) == true && peer.connection.tokenExpiresAt == 0)
    #expect(authenticate(fixture.chatFixture.alice) == [])
    try fixture.reply()
    #expect(peer.frames().first?.contains(#""event":"ok""#) == true && peer.connection.tokenExpiresAt > 0)
  }

  @Test func `a token whose user and session do not belong together signs nobody in and prolongs nothing, as over REST`() throws {
    let fixture = try LoopFixture()
    let (alice, mallory, chat) = (fixture.chatFixture.alice, fixture.chatFixture.mallory, fixture.chatFixture.chat)
    func token(_ user: TestUser, _ session: TestUser) -> String {
      let seconds = SystemClock().now.milliseconds / 1000
      return chat.tokens.issue(
        chat.tokens.claims(userID: user.id, sessionID: session.principal.sessionID.text, nowSeconds: seconds))
    }
    let mismatched = [token(alice, mallory), token(mallory, alice)]
    for token in mismatched {
      #expect(refusal { try chat.authenticate(accessToken: token) }?.code == .unauthenticated)
      let peer = opened(fixture, "/ws?token=\(token)")
      try fixture.admit()
      let frames = peer.frames()
      #expect(frames.count == 2 && frames[0].contains(#""code":"unauthenticated""#) && frames[1].hasPrefix("close 4001 "))
    }
    let peer = try fixture.signedIn(alice)
    peer.connection.tokenExpiresAt = 0
    let phone = try fixture.chatFixture.logIn("alice")
    try chat.logOut(phone.principal)
    for token in [mismatched[0], phone.signIn.accessToken] {
      #expect(fixture.command(peer, #"{"event":"authenticate","ref":"a","data":{"token":"\#(token)"}}"#) == [])
      try fixture.reply()
      let frames = peer.frames()
      #expect(frames.count == 1 && frames[0].contains(#""code":"unauthenticated""#) && frames[0].contains(#""ref":"a""#))
      #expect(peer.connection.isLive && peer.connection.tokenExpiresAt == 0)
    }
  }

  @Test func `a client that resumes receives what it missed`() throws {
    let fixture = try LoopFixture()
    let room = try fixture.chatFixture.lobby(fixture.chatFixture.bob)
    let chat = fixture.chatFixture.chat
    let position = try chat.lastPosition()
    let since = chat.history.cursor(at: position).value
    fixture.publish(try fixture.chatFixture.journal().filter { $0.position > fixture.replayBuffer.end })
    try fixture.chatFixture.post("hello", in: room, by: fixture.chatFixture.bob)
    let peer = opened(fixture, "/ws?since=\(since)&token=\(fixture.chatFixture.alice.signIn.accessToken)")
    try fixture.admit()
    #expect(peer.frames().first?.contains(#""resumed":true"#) == true && peer.connection.isLive)
    fixture.publish(try fixture.chatFixture.journal().filter { $0.position > position })
    let frames = peer.frames()
    #expect(frames.count == 1 && frames[0].contains("hello"))
  }

  @Test func `a client with the cursor of another history does not resume, and is told which one to go on from`() throws {
    let fixture = try LoopFixture()
    let chat = fixture.chatFixture.chat
    let own = chat.history.cursor(at: try chat.lastPosition())
    let other = Cursor(position: own.position, tag: own.tag ^ 1)
    let peer = opened(fixture, "/ws?since=\(other.value)&token=\(fixture.chatFixture.alice.signIn.accessToken)")
    try fixture.admit()
    let welcome = try #require(peer.frames().first)
    #expect(welcome.contains(#""resumed":false"#) && welcome.contains(#""cursor":\#(own.value),"#))
  }
}
