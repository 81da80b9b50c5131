// Server-sent events: how a stream begins, what it hears beside a WebSocket, how it ends.
import Chat
import Configuration
import Domain
import TestSupport
import Testing
import WebSocket

@testable import PushDaemon

/// One event of a stream, as a client reads it.
private struct StreamEvent: Equatable {
  var id: String?
  var data = ""
}

extension TestPeer {
  /// What was written since the last call, with its head if there is one.
  fileprivate func stream() -> String {
    var bytes: [UInt8] = []
    while let more = nextWrite() { bytes += more }
    return String(decoding: bytes, as: UTF8.self)
  }

  fileprivate func events() -> [StreamEvent] { Self.events(stream()) }

  /// Reads the events of a stream's text by the rules of the HTML Living Standard, section 9.2.6.
  fileprivate static func events(_ text: String) -> [StreamEvent] {
    var events: [StreamEvent] = []
    var event = StreamEvent()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty {
        if !event.data.isEmpty { events.append(event) }
        event = StreamEvent()
      } else if line.hasPrefix("id: ") {
        event.id = String(line.dropFirst(4))
      } else if line.hasPrefix("data: ") {
        event.data += line.dropFirst(6)
      }
    }
    return events
  }
}

@Suite struct EventStreamTests {
  private func get(_ fixture: LoopFixture, _ query: String = "", _ headers: String...) -> TestPeer {
    let peer = fixture.connect()
    let head = ["GET /api/v1/events\(query) HTTP/1.1", "Host: chat.example.org"] + headers + ["", ""]
    peer.sendBytes(Array(head.joined(separator: "\r\n").utf8))
    fixture.read(peer)
    return peer
  }

  private func bearer(_ user: TestUser) -> String { "Authorization: Bearer \(user.signIn.accessToken)" }

  /// A live stream whose welcome has been read.
  private func listening(_ fixture: LoopFixture, _ user: TestUser, _ query: String = "") throws -> TestPeer {
    let peer = get(fixture, query, bearer(user))
    try fixture.admit()
    _ = peer.stream()
    return peer
  }

  private func publishNew(_ fixture: LoopFixture) throws {
    fixture.publish(try fixture.chatFixture.journal().filter { $0.position > fixture.replayBuffer.end })
  }

  @Test func `a stream begins with the welcome of a WebSocket, and with the cursor as its id`() throws {
    let fixture = try LoopFixture()
    let peer = get(fixture, "", bearer(fixture.chatFixture.alice))
    #expect(peer.connection.phase == .openingStream && peer.connection.isReadingPaused && peer.nextWrite() == nil)
    try fixture.admit()
    #expect(peer.connection.isLive && !peer.connection.isReadingPaused && fixture.handshakes.count == 0)
    let parts = peer.stream().split(separator: "\r\n\r\n", maxSplits: 1).map(String.init)
    let head = parts[0].split(separator: "\r\n").map(String.init)
    #expect(head[0] == "HTTP/1.1 200 OK" && head.contains("Content-Type: text/event-stream") && head.contains("Cache-Control: no-store"))
    #expect(head.contains("X-Accel-Buffering: no") && !head.contains { $0.hasPrefix("Content-Length") })
    let retry = try #require(parts[1].split(separator: "\n").first { $0.hasPrefix("retry: ") }?.dropFirst(7))
    #expect(EventStreamWriter.retryMilliseconds.contains(try #require(Int64(retry))))
    let socket = fixture.request("/ws?token=\(fixture.chatFixture.alice.signIn.accessToken)")
    socket.readHead()
    try fixture.admit()
    let cursor = fixture.chatFixture.chat.history.cursor(at: try fixture.chatFixture.chat.lastPosition()).value
    #expect(TestPeer.events(parts[1]) == [StreamEvent(id: "\(cursor)", data: try #require(socket.frames().first))])
  }

  @Test func `a stream hears what a WebSocket hears, in the same bytes`() throws {
    let fixture = try LoopFixture()
    let (alice, bob) = (fixture.chatFixture.alice, fixture.chatFixture.bob)
    let room = try fixture.chatFixture.lobby(bob)
    let other = try fixture.chatFixture.room("Other", .group, by: bob, with: [alice])
    try publishNew(fixture)
    let (stream, socket) = (try listening(fixture, alice), try fixture.signedIn(alice))
    // One room: sent as shared bytes. Two rooms at once: merged. A join of the user: event by event. Long ones: headers of other lengths.
    try fixture.chatFixture.post("one\nline", in: room, by: bob)
    try publishNew(fixture)
    try fixture.chatFixture.post(String(repeating: "long ", count: 700), in: room, by: bob)
    try fixture.chatFixture.post("other", in: other, by: bob)
    try publishNew(fixture)
    _ = try fixture.chatFixture.room("Third", .group, by: bob, with: [alice])
    try fixture.chatFixture.post(String(repeating: "𝔘", count: 4000), in: room, by: bob)
    try publishNew(fixture)
    let (events, frames) = (stream.events(), socket.frames())
    #expect(events.map(\.data) == frames && frames.count >= 5)
    #expect(events.compactMap(\.id).compactMap { Int64($0).flatMap(Cursor.init)?.position } == TestPeer.positions(frames))
  }

  @Test func `a stream hears what is told once, such as typing`() throws {
    let fixture = try LoopFixture()
    let room = try fixture.chatFixture.lobby(fixture.chatFixture.bob)
    try publishNew(fixture)
    let stream = try listening(fixture, fixture.chatFixture.alice)
    let socket = try fixture.signedIn(fixture.chatFixture.bob)
    fixture.sockets.time += 10_000
    _ = fixture.command(socket, #"{"event":"typing","data":{"room_id":"\#(room)"}}"#)
    let events = stream.events()
    #expect(events.count == 1 && events[0].id == nil && events[0].data.hasPrefix(#"{"event":"user_typing","#))
  }

  @Test(arguments: ["query", "header", "both"])
  func `a stream resumes from its cursor, and from the last event that a browser names rather than from its URL`(place: String) throws {
    let fixture = try LoopFixture()
    let (alice, bob, chat) = (fixture.chatFixture.alice, fixture.chatFixture.bob, fixture.chatFixture.chat)
    let room = try fixture.chatFixture.lobby(bob)
    let first = chat.history.cursor(at: try chat.lastPosition()).value
    try fixture.chatFixture.post("missed", in: room, by: bob)
    let second = chat.history.cursor(at: try chat.lastPosition()).value
    try fixture.chatFixture.post("missed too", in: room, by: bob)
    try publishNew(fixture)
    let peer =
      switch place {
      case "query": get(fixture, "?since=\(first)", bearer(alice))
      case "header": get(fixture, "", bearer(alice), "Last-Event-ID: \(first)")
      default: get(fixture, "?since=\(first)", bearer(alice), "Last-Event-ID: \(second)")
      }
    try fixture.admit()
    let events = peer.events()
    #expect(events.first?.id == "\(place == "both" ? second : first)" && events[0].data.contains(#""resumed":true"#))
    #expect(events.dropFirst().map { $0.data.contains("missed too") } == (place == "both" ? [true] : [false, true]))
  }

  @Test(arguments: [
    ("", "", "401", "unauthenticated"), ("?token=x", "", "401", "unauthenticated"), ("?ticket=x", "", "401", "unauthenticated"),
    ("?since=x", "", "422", "invalid_field"), ("?room=a%20b", "", "422", "invalid_field"),
    ("", "Last-Event-ID: x", "422", "invalid_field"), ("?token=x", "Authorization: Basic eDp5", "401", "unauthenticated"),
    ("", "Origin: https://evil.test", "403", "forbidden"),
  ])
  func `a request that is refused gets its status and a problem, and is closed`(
    query: String, header: String, status: String, code: String
  ) throws {
    let fixture = try LoopFixture()
    let peer = header.isEmpty ? get(fixture, query) : get(fixture, query, header)
    let response = fixture.response(peer)
    #expect(response.status == status && response.text.contains(#""code":"\#(code)""#), "\(response.text)")
    #expect(response.text.contains("WWW-Authenticate: Bearer\r\n") == (status == "401"))
    #expect(peer.isClosed && fixture.handshakes.count == 0)
    fixture.pass(milliseconds: 5000)
    #expect(fixture.io.count == 0)
  }

  @Test func `a stream of a room that the user is not in is refused, and so is one more than a user may have`() throws {
    let fixture = try LoopFixture { $0.connectionsPerUser = 1 }
    let alice = fixture.chatFixture.alice
    let room = try fixture.chatFixture.room("Secret", .group, by: fixture.chatFixture.bob)
    let outside = get(fixture, "?room=\(room)", bearer(alice))
    try fixture.admit()
    #expect(fixture.response(outside).status == "404")
    fixture.pass(milliseconds: 5000)
    #expect(fixture.hub.users.isEmpty, "it counts no longer")
    _ = try fixture.signedIn(alice)
    let second = get(fixture, "", bearer(alice))
    try fixture.admit()
    let response = fixture.response(second)
    #expect(response.status == "429" && response.text.contains("RateLimit-Policy: \"connections_per_user\";q=1\r\n"))
    #expect(response.text.contains("Retry-After: 2\r\n"))
  }

  @Test func `a silent stream gets a comment each interval, and is not given up for its silence`() throws {
    let fixture = try LoopFixture()
    let stream = try listening(fixture, fixture.chatFixture.alice)
    for _ in 0..<3 {
      fixture.pass(milliseconds: 24_999)
      #expect(stream.stream() == "")
      fixture.pass(milliseconds: 1)
      #expect(stream.stream() == ":\n\n")
    }
    #expect(stream.connection.isLive)
  }

  @Test func `a reader that sends more than its request is told so, and its stream ends`() throws {
    let fixture = try LoopFixture()
    let stream = try listening(fixture, fixture.chatFixture.alice)
    stream.sendBytes([0xFF, 0xFF, 0xFF])
    fixture.read(stream)
    #expect(stream.events().map(\.data) == [#"{"event":"close","data":{"code":1008,"reason":"an event stream is only read"}}"#])
    stream.sendBytes([0xFF])
    fixture.read(stream)
    stream.hangUp()
    fixture.read(stream)
    #expect(fixture.io.count == 0)
  }

  @Test func `a stream ends with the reason as its last event, and then hears nothing`() throws {
    let fixture = try LoopFixture()
    let room = try fixture.chatFixture.lobby(fixture.chatFixture.bob)
    try publishNew(fixture)
    let stream = try listening(fixture, fixture.chatFixture.alice)
    stream.connection.tokenExpiresAt = 0
    fixture.pass(milliseconds: 25_000)
    try fixture.chatFixture.post("late", in: room, by: fixture.chatFixture.bob)
    try publishNew(fixture)
    #expect(stream.events() == [StreamEvent(data: #"{"event":"close","data":{"code":4009,"reason":"token expired"}}"#)])
    #expect(stream.isClosed && stream.connection.phase == .closing)
    stream.hangUp()
    fixture.read(stream)
    #expect(fixture.io.count == 0)
  }

  @Test func `who signs out hears it on the stream`() throws {
    let fixture = try LoopFixture()
    let stream = try listening(fixture, fixture.chatFixture.alice)
    try fixture.chatFixture.chat.logOut(fixture.chatFixture.alice.principal)
    try publishNew(fixture)
    #expect(stream.events().last?.data == #"{"event":"close","data":{"code":4001,"reason":"signed out"}}"#)
  }

  @Test func `a daemon that stops while a session is looked up begins a stream that says so, since only then a browser comes back`() throws
  {
    let fixture = try LoopFixture()
    let peer = get(fixture, "", bearer(fixture.chatFixture.alice))
    fixture.io.close(peer.connection, .serviceRestart, "restarting")
    fixture.io.flushDirty()
    let text = peer.stream()
    #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains("retry: "))
    #expect(TestPeer.events(text) == [StreamEvent(data: #"{"event":"close","data":{"code":1012,"reason":"restarting"}}"#)])
    #expect(peer.isClosed)
    try fixture.admit()
    #expect(peer.connection.phase == .closing && fixture.hub.users.isEmpty)
  }

  @Test func `events that wait for a slow reader are copied a few times, not at each event`() {
    let entries = (1...200).map { entry(Int64($0), .newMessage, room: 1, data: #"{"content":"\#(String(repeating: "x", count: 200))"}"#) }
    let batch = EventBatch(entries)
    var waiting: [UInt8] = []
    var moves = 0
    for _ in 0..<20 {
      for event in batch.events {
        let capacity = waiting.capacity
        batch.withFrame(of: event) { EventStreamWriter.append(frames: $0, to: &waiting) }
        if waiting.capacity != capacity { moves += 1 }
      }
    }
    #expect(waiting.count > 1_000_000 && moves < 40, "\(moves)")
  }

  @Test func `a request for a room of others does not count among the connections of its user`() throws {
    let fixture = try LoopFixture { $0.connectionsPerUser = 1 }
    let alice = fixture.chatFixture.alice
    let room = try fixture.chatFixture.room("Secret", .group, by: fixture.chatFixture.bob)
    let outside = get(fixture, "?room=\(room)", bearer(alice))
    try fixture.admit()
    #expect(fixture.response(outside).status == "404" && fixture.hub.users.isEmpty)
    #expect(fixture.limiter.acquire(alice.principal.user.rowID, limit: 1))
  }

  @Test func `a page of a listed origin may read the stream, and asks first`() throws {
    let fixture = try LoopFixture()
    let origin = "Origin: https://chat.example.org"
    let asking = fixture.request("/api/v1/events", method: "OPTIONS", origin)
    let preflight = fixture.response(asking)
    #expect(preflight.status == "204" && preflight.text.contains("Access-Control-Allow-Origin: https://chat.example.org\r\n"))
    #expect(preflight.text.contains("Last-Event-ID") && preflight.text.contains("Allow: GET, OPTIONS\r\n"))
    let peer = get(fixture, "", bearer(fixture.chatFixture.alice), origin)
    try fixture.admit()
    #expect(peer.stream().contains("Access-Control-Allow-Origin: https://chat.example.org\r\n"))
    let refused = fixture.response(get(fixture, "", origin))
    #expect(refused.status == "401" && refused.text.contains("Access-Control-Allow-Origin: https://chat.example.org\r\n"))
    #expect(fixture.response(fixture.request("/api/v1/events", method: "POST")).status == "405")
  }
}
