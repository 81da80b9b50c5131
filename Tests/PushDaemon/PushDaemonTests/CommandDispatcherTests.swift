// Commands: one reply each, bounded in number, with the close codes of those that end a connection.
import Chat
import Domain
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct CommandDispatcherTests {
  private func send(_ room: String, _ ref: String, _ content: String = "hello") -> String {
    #"{"event":"send_message","ref":"\#(ref)","data":{"room_id":"\#(room)","content":"\#(content)"}}"#
  }

  @Test func `a message is replied to once it is committed`() throws {
    let fixture = try LoopFixture()
    let room = try fixture.chatFixture.lobby()
    let alice = try fixture.signedIn(fixture.chatFixture.alice)
    #expect(fixture.command(alice, send(room, "1")) == [] && alice.connection.commandsInFlight == 1)
    try fixture.reply()
    let frames = alice.frames()
    #expect(frames.count == 1 && frames[0].contains(#""event":"ok""#) && frames[0].contains("hello"))
    #expect(alice.connection.commandsInFlight == 0)
  }

  @Test func `commands that are refused on the spot get their error and do not close the connection`() throws {
    let fixture = try LoopFixture()
    let unauthenticated = fixture.request("/ws")
    unauthenticated.readHead()
    #expect(fixture.command(unauthenticated, send("x", "1")).first?.contains("unauthenticated") == true)
    for text in ["", "{", "[]", #"{"event":"dance"}"#, #"{"event":"typing","ref":"t","data":{"room_id":"x"}}"#] {
      let frames = fixture.command(try fixture.signedIn(fixture.chatFixture.alice), text)
      #expect(frames.count == 1 && frames[0].contains(#""event":"error""#), "\(text)")
    }
    #expect(fixture.io.all.allSatisfy { !$0.isClosing })
    #expect(fixture.command(unauthenticated, #"{"event":"ping","ref":"p"}"#).first?.contains(#""event":"pong""#) == true)
  }

  @Test func `with 64 commands in flight a connection is not read until half of them are answered`() throws {
    let fixture = try LoopFixture()
    let room = try fixture.chatFixture.lobby()
    let alice = try fixture.signedIn(fixture.chatFixture.alice)
    for number in 1...63 { _ = fixture.command(alice, send(room, "\(number)")) }
    #expect(!alice.connection.isReadingPaused)
    _ = fixture.command(alice, send(room, "64"))
    #expect(alice.connection.isReadingPaused && alice.connection.commandsInFlight == 64)
    try fixture.reply(64)
    #expect(!alice.connection.isReadingPaused && alice.connection.commandsInFlight == 0 && alice.frames().count == 64)
  }

  @Test func `a reply to a connection that has closed is dropped`() throws {
    let fixture = try LoopFixture()
    let room = try fixture.chatFixture.lobby()
    let alice = try fixture.signedIn(fixture.chatFixture.alice)
    _ = fixture.command(alice, send(room, "1"))
    fixture.io.handle(.lost, alice.connection)
    try fixture.reply()
    #expect(alice.frames() == [])
  }

  @Test func `a hundred rate limit errors without a success between them close the connection`() throws {
    let fixture = try LoopFixture()
    let alice = try fixture.signedIn(fixture.chatFixture.alice)
    func answer(_ result: Result<[UInt8], ChatError>) {
      fixture.commands.handle(Reply(token: alice.connection.token, ref: nil, result: result))
      fixture.io.flushDirty()
    }
    let limited = ChatError(.rateLimited, "Slow down.", retryAfterMilliseconds: 700)
    for _ in 1..<Int(ConnectionLimits.consecutiveRateLimitErrorsMax) { answer(.failure(limited)) }
    answer(.success(Array("{}".utf8)))
    for _ in 1..<Int(ConnectionLimits.consecutiveRateLimitErrorsMax) { answer(.failure(limited)) }
    #expect(alice.connection.isLive)
    _ = alice.frames()
    answer(.failure(limited))
    #expect(alice.frames().last == "close 4008 retry_after_ms=700; refusals_in_a_row")
  }

  @Test(arguments: [(ChatError.Code.unauthenticated, "close 4001 "), (.suspended, "close 4003 ")])
  func `a command of a session that has ended closes the connection`(code: ChatError.Code, close: String) throws {
    let fixture = try LoopFixture()
    let alice = try fixture.signedIn(fixture.chatFixture.alice)
    fixture.commands.handle(Reply(token: alice.connection.token, ref: "1", result: .failure(ChatError(code, "No more."))))
    fixture.io.flushDirty()
    let frames = alice.frames()
    #expect(frames.count == 2 && frames[0].contains(#""ref":"1""#) && frames[1] == close + "No more.")
  }

  @Test func `typing is announced to the others in the room at most every two seconds, and again after a message`() throws {
    let fixture = try LoopFixture()
    let room = try fixture.chatFixture.lobby(fixture.chatFixture.bob)
    fixture.publish(try fixture.chatFixture.journal().filter { $0.position > fixture.replayBuffer.end })
    let (alice, bob) = (try fixture.signedIn(fixture.chatFixture.alice), try fixture.signedIn(fixture.chatFixture.bob))
    let typing = #"{"event":"typing","data":{"room_id":"\#(room)"}}"#
    fixture.sockets.time += 10_000
    #expect(fixture.command(alice, typing) == [])
    let frames = bob.frames()
    #expect(frames.count == 1 && frames[0].contains(#""event":"user_typing""#) && frames[0].contains("alice"))
    #expect(fixture.command(alice, typing) == [] && bob.frames() == [] && fixture.typed.count == 1)
    _ = fixture.command(alice, send(room, "1"))
    _ = fixture.command(alice, typing)
    #expect(bob.frames().count == 1 && fixture.typed.count == 2)
  }

  @Test func `every command on a connection for one room goes to that room, unless it names another`() throws {
    let fixture = try LoopFixture()
    let chat = fixture.chatFixture
    let (lobby, den) = (try chat.lobby(chat.bob), try chat.room("Den", .group, by: chat.alice, with: [chat.bob]))
    fixture.publish(try chat.journal().filter { $0.position > fixture.replayBuffer.end })
    let (alice, bob) = (try fixture.signedIn(chat.alice, "&room=\(lobby)"), try fixture.signedIn(chat.bob))
    func replies(_ event: String, _ data: String) throws -> [String] {
      _ = fixture.command(alice, #"{"event":"\#(event)","ref":"1","data":{\#(data)}}"#)
      try fixture.reply()
      return alice.frames()
    }
    for (event, data) in [
      ("send_message", #""content":"first""#), ("send_message", #""room_id":null,"content":"second""#),
      ("edit_message", #""seq":1,"content":"third""#), ("add_reaction", #""seq":1,"emoji":"👍""#),
      ("remove_reaction", #""seq":1,"emoji":"👍""#), ("mark", #""read_seq":1"#), ("delete_message", #""seq":2"#),
    ] {
      let frames = try replies(event, data)
      #expect(frames.count == 1 && frames[0].contains(#""event":"ok""#), "\(event): \(frames)")
    }
    let page = String(decoding: try chat.chat.page(of: lobby, .latest, limit: 9, for: chat.alice.principal).json, as: UTF8.self)
    #expect(page.contains("third") && page.contains(#""deleted":true"#))

    #expect(try replies("send_message", #""room_id":"\#(den)","content":"elsewhere""#).first?.contains(den) == true)
    #expect(try replies("send_message", #""room_id":"nosuchroom","content":"x""#).first?.contains("not_found") == true)
    fixture.sockets.time += 10_000
    _ = bob.frames()
    for (typing, room) in [(#"{"event":"typing"}"#, lobby), (#"{"event":"typing","data":{}}"#, lobby), (typingIn(den), den)] {
      #expect(fixture.command(alice, typing) == [])
      #expect(bob.frames().map { $0.contains("user_typing") && $0.contains(room) } == [true], "\(typing)")
      fixture.sockets.time += 10_000
    }
    for text in [#"{"event":"typing"}"#, #"{"event":"send_message","data":{"content":"x"}}"#] {
      #expect(fixture.command(bob, text).first?.contains(#""code":"missing""#) == true, "a connection for all rooms has no default")
    }
  }

  private func typingIn(_ room: String) -> String { #"{"event":"typing","data":{"room_id":"\#(room)"}}"# }

  @Test func `set_presence is counted once per change`() throws {
    let fixture = try LoopFixture()
    let alice = try fixture.signedIn(fixture.chatFixture.alice)
    let user = fixture.chatFixture.alice.principal.user.rowID
    #expect(fixture.command(alice, #"{"event":"set_presence","ref":"p","data":{"state":"idle"}}"#).count == 1)
    for _ in 0..<2 { _ = fixture.command(alice, #"{"event":"set_presence","data":{"state":"idle"}}"#) }
    #expect(fixture.tracker.take(at: fixture.tracker.tick + 1000).changes.map(\.state) == [.idle])
    #expect(fixture.tracker.online(of: [user]).count == 1)
    fixture.io.handle(.lost, alice.connection)
    #expect(fixture.tracker.take(at: fixture.tracker.tick + 2000).changes.map(\.state) == [.offline])
  }
}
