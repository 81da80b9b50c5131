// Server frames, read by another JSON reader.
import Domain
import TestSupport
import Testing
import Wire

@Suite struct ServerFrameTests {
  @Test func `the id of a durable event is read from the frame, and no other frame has one`() {
    func id(_ json: [UInt8]) -> String? { ServerFrame.id(inJSON: json.span).map { String(decoding: json[$0], as: UTF8.self) } }
    for value: Int64 in [0, 42, (1 << 53) - 1] {
      let cursor = Cursor(position: value >> Cursor.tagBits, tag: value & (Cursor.tags - 1))
      #expect(id(ServerFrame.durable("new_message", id: cursor, data: Array("{}".utf8))) == "\(value)")
    }
    #expect(id(ServerFrame.pong(ref: #"","id":7"#)) == nil)
    for text in [
      "", "{", #"{"event":"x"}"#, #"{"event":"x","data":{"id":5}}"#, #"{"event":"x","id":}"#, #"{"event":""#, #"{"event":"x","i"#,
    ] {
      #expect(id(Array(text.utf8)) == nil, "\(text)")
    }
  }

  @Test func `the last event of a stream says what a Close frame says`() {
    let json = String(decoding: ServerFrame.close(code: 4009, reason: "token \"expired\""), as: UTF8.self)
    #expect(json == #"{"event":"close","data":{"code":4009,"reason":"token \"expired\""}}"#)
  }

  @Test func `a durable event has its cursor and the data that was composed for it`() throws {
    let frame = ServerFrame.durable("new_message", id: Cursor(position: 42, tag: 7), data: Array(#"{"seq":1}"#.utf8))
    #expect(String(decoding: frame, as: UTF8.self) == #"{"event":"new_message","id":344071,"data":{"seq":1}}"#)
  }

  @Test func `a reply has its ref, escaped, or none`() throws {
    #expect(try JSONValue(ServerFrame.ok(ref: "a\"b")) == .object(["event": .string("ok"), "ref": .string("a\"b"), "data": .object([:])]))
    #expect(try JSONValue(ServerFrame.ok(ref: nil)) == .object(["event": .string("ok"), "data": .object([:])]))
    #expect(try JSONValue(ServerFrame.pong(ref: "7")) == .object(["event": .string("pong"), "ref": .string("7"), "data": .object([:])]))
    let reply = ServerFrame.ok(ref: "7", data: ServerFrame.messageReply(Array(#"{"seq":1}"#.utf8)))
    #expect(try JSONValue(reply)["data"] == .object(["message": .object(["seq": .integer(1)])]))
    let error = try JSONValue(ServerFrame.error(ref: "7", .notFound, requestID: "q"))
    #expect(error["ref"] == .string("7") && error["event"] == .string("error"))
    #expect(error["data"]?["code"] == .string("not_found") && error["data"]?["request_id"] == .string("q"))
  }

  private let bounds = ConnectionBounds(
    fragmentsPerMessage: 16, signInMilliseconds: 10_000, framesBeforeSignIn: 20, pongMilliseconds: 9_000, refusalsInARow: 100)

  @Test func `the welcome has the user, the cursor and the limits`() throws {
    let limits = Limits(
      messageRate: RateLimit(count: 5, windowMilliseconds: 5000), eventRate: nil, commandRate: nil, passwordCheckRate: nil,
      connectionsPerUser: nil, connectionsPerAddress: nil,
      outboxBytes: 7, frameBytes: 9)
    let welcome = try JSONValue(
      ServerFrame.welcome(
        user: DocumentsTests.alice, session: PublicID(trusted: "s1"), cursor: Cursor(position: 11, tag: 3), epoch: "e", resumed: true,
        heartbeatMilliseconds: 25_000,
        limits: limits, connection: bounds))
    let data = try #require(welcome["data"])
    #expect(welcome["event"] == .string("welcome") && welcome["id"] == nil)
    #expect(data["user"]?["user_id"] == .string("u1") && data["session_id"] == .string("s1") && data["cursor"] == .integer(90115))
    #expect(data["epoch"] == .string("e") && data["resumed"] == .bool(true) && data["heartbeat_ms"] == .integer(25_000))
    #expect(data["limits"]?["message_rate"] == .object(["count": .integer(5), "window_ms": .integer(5000)]))
    #expect(data["limits"]?["connections_per_user"] == .null && data["limits"]?["message_characters"] == .integer(4000))
    let named = ["mentions_per_message", "reactions_per_message", "emoji_per_message", "emoji_bytes", "receipts_told_members"]
    #expect(named.map { data["limits"]?[$0]?.number } == [20, 500, 20, 64, 100])
    let closing = [
      "fragments_per_message", "sign_in_ms", "frames_before_sign_in", "pong_ms", "refusals_in_a_row", "json_depth", "combining_marks",
    ]
    #expect(closing.map { data["limits"]?[$0]?.number } == [16, 10_000, 20, 9_000, 100, 32, 128])
    let open = Limits(
      messageRate: nil, eventRate: nil, commandRate: nil, passwordCheckRate: nil, connectionsPerUser: 20, connectionsPerAddress: nil,
      outboxBytes: 7, frameBytes: 9, retention: .seconds(60))
    let lifted = try JSONValue(
      ServerFrame.welcome(
        user: DocumentsTests.alice, session: PublicID(trusted: "s1"), cursor: Cursor(position: 0, tag: 0), epoch: "", resumed: false,
        heartbeatMilliseconds: 1,
        limits: open, connection: bounds))
    let rooms = ["rooms_per_user", "owned_rooms_per_user", "unopened_rooms_per_user", "members_per_room", "invitations_per_user"]
    #expect(rooms.map { data["limits"]?[$0]?.number } == [1000, 500, 200, 100_000, 100])
    #expect(data["limits"]?["adding_rate"] == .object(["count": .integer(30), "window_ms": .integer(3_600_000)]))
    #expect(data["limits"]?["room_rate"] == .object(["count": .integer(200), "window_ms": .integer(3_600_000)]))
    #expect([welcome, lifted].map { $0["data"]?["limits"]?["retention_seconds"] } == [.integer(0), .integer(60)])
    #expect(lifted["data"]?["limits"]?["message_rate"] == .null && lifted["data"]?["limits"]?["connections_per_user"] == .integer(20))
  }

  @Test func `presence is ephemeral, lists users or a number, and always has changes`() throws {
    let gone = ServerFrame.presenceChange(PublicID(trusted: "u"), Presence(state: .offline, lastSeenAt: Timestamp(milliseconds: 0)))
    let frame = try JSONValue(ServerFrame.presence([gone, gone]))
    let change = JSONValue.object([
      "user_id": .string("u"), "state": .string("offline"), "last_seen_at": .string("1970-01-01T00:00:00.000Z"),
    ])
    #expect(frame == .object(["event": .string("presence"), "data": .object(["changes": .array([change, change])])]))
    let counted = try JSONValue(ServerFrame.presence(inRoom: PublicID(trusted: "r"), online: 7))
    #expect(counted["data"] == .object(["changes": .array([]), "room_id": .string("r"), "online": .integer(7)]) && counted["id"] == nil)
  }

  @Test func `typing is ephemeral: it has no id`() throws {
    let typing = try JSONValue(
      ServerFrame.typing(room: PublicID(trusted: "r"), user: PublicID(trusted: "u"), username: "alice", expiresInMilliseconds: 6000))
    #expect(typing["id"] == nil && typing["event"] == .string("user_typing") && typing["data"]?["expires_in_ms"] == .integer(6000))
  }
}
