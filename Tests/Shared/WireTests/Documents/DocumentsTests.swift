// JSON documents, field by field.
import Domain
import TestSupport
import Testing
import Wire

@Suite struct DocumentsTests {
  static let alice = User(
    rowID: UserRowID(1), id: PublicID(trusted: "u1"), username: "alice", displayName: "Alice \"A\"", statusText: "",
    createdAt: Timestamp(milliseconds: 0))
  static let lobby = Room(
    rowID: RoomRowID(1), id: PublicID(trusted: "r1"), kind: .public, name: "Lobby", topic: "", createdBy: nil,
    createdAt: Timestamp(milliseconds: 1), memberCount: 2, lastSeq: 9)

  private func json(_ write: (inout JSONWriter) -> Void) throws -> JSONValue {
    var writer = JSONWriter()
    write(&writer)
    return try JSONValue(writer.bytes)
  }

  @Test func `a message is read back as it was written, whatever its content`() throws {
    var random = SplitMix(seed: 7)
    let texts: [String?] = [nil, "", "plain", "\"\\\n\u{0}\u{2028}", "👩‍👩‍👧‍👦 e\u{301}", String(repeating: "界", count: 4000)]
    for _ in 0..<500 {
      let message = Message(
        roomID: PublicID(trusted: "r\(random.int(1...9))"), seq: random.int64(1...MessageID.seqMax), userID: PublicID(trusted: "u1"),
        username: "alice", displayName: random.pick(texts) ?? "A", content: random.pick(texts),
        clientID: random.pick([nil, "c-1", "\"\\"]),
        replyTo: random.pick([nil, 1, MessageID.seqMax]),
        mentions: random.pick([[], ["u2"], ["u3", "u1"]]).map(PublicID.init(trusted:)),
        reactions: Reactions(random.pick([[:], ["👍": ["u1"], "❤️": ["u2", "u1"]]]).mapValues { $0.map(PublicID.init(trusted:)) }),
        createdAt: Timestamp(milliseconds: random.int64(0...4_000_000_000_000)),
        editedAt: random.pick([nil, Timestamp(milliseconds: random.int64(0...4_000_000_000_000))]), deleted: random.int(0...1) == 1)
      var writer = JSONWriter()
      writer.message(message)
      let read = try #require(Message(json: writer.bytes))
      #expect(read == message)
      #expect(read.content.map { Array($0.utf8) } == message.content.map { Array($0.utf8) })
    }
  }

  @Test func `a message has exactly the fields of the contract`() throws {
    let value = try json { json in
      json.message(
        Message(
          roomID: PublicID(trusted: "r1"), seq: 3, userID: PublicID(trusted: "u1"), username: "alice", displayName: "Alice", content: "hi",
          clientID: nil, replyTo: nil, createdAt: Timestamp(milliseconds: 0)))
    }
    #expect(
      value
        == .object([
          "room_id": .string("r1"), "seq": .integer(3), "user_id": .string("u1"), "username": .string("alice"),
          "display_name": .string("Alice"),
          "content": .string("hi"), "client_id": .null, "reply_to": .null, "attachments": .array([]), "mentions": .array([]),
          "reactions": .object([:]), "created_at": .string("1970-01-01T00:00:00.000Z"), "edited_at": .null, "deleted": .bool(false),
        ]))
  }

  @Test(arguments: ["", "{}", "[]", "null", #"{"room_id":"r"}"#])
  func `JSON that is no message is not read as one`(text: String) {
    #expect(Message(json: Array(text.utf8)) == nil)
  }

  @Test func `a user has exactly the fields of the contract, and no e-mail address`() throws {
    #expect(
      try json { $0.user(Self.alice) }
        == .object([
          "user_id": .string("u1"), "username": .string("alice"), "display_name": .string("Alice \"A\""), "avatar_url": .null,
          "status_text": .string(""), "created_at": .string("1970-01-01T00:00:00.000Z"),
        ]))
  }

  @Test func `a room shows its unread count to a member and nothing of the kind to others`() throws {
    let me = Membership(
      role: .moderator, markers: ReadMarkers(deliveredSeq: 6, previewSeq: 5, readSeq: 4), unread: 5, mentions: 2, notify: .mentions,
      mutedUntil: Timestamp(milliseconds: 0))
    let mine = try json {
      $0.roomView(
        RoomView(
          room: Self.lobby, lastMessage: Array(#"{"seq":9}"#.utf8), other: Self.alice, membership: me,
          lastActivity: Timestamp(milliseconds: 0)))
    }
    #expect(mine["me"]?["unread"] == .integer(5) && mine["me"]?["mentions"] == .integer(2))
    #expect(["delivered_seq", "preview_seq", "read_seq"].map { mine["me"]?[$0]?.number } == [6, 5, 4])
    #expect(mine["me"]?["role"] == .string("moderator"))
    #expect(mine["me"]?["notify"] == .string("mentions"))
    #expect(mine["me"]?["muted_until"] == .string("1970-01-01T00:00:00.000Z"))
    #expect(mine["with"]?["username"] == .string("alice"))
    #expect(mine["last_message"]?["seq"] == .integer(9))
    let foreign = try json {
      $0.roomView(RoomView(room: Self.lobby, lastMessage: nil, other: nil, membership: nil, lastActivity: Timestamp(milliseconds: 0)))
    }
    #expect(foreign["me"] == .null && foreign["with"] == .null && foreign["last_message"] == .null && foreign["created_by"] == .null)
  }

  @Test func `the data of room and member events begins with the room id`() throws {
    let joined = JSONWriter.memberEvent(room: PublicID(trusted: "r1"), user: Self.alice, role: .owner, reason: "created")
    #expect(joined.starts(with: Array(#"{"room_id":"r1","#.utf8)))
    #expect(try JSONValue(joined)["role"] == .string("owner"))
    #expect(JSONWriter.roomEvent(Self.lobby).starts(with: Array(#"{"room_id":"r1","#.utf8)))
    let event = try JSONValue(JSONWriter.roomEvent(Self.lobby))
    #expect(
      event["name"] == .string("Lobby") && event["me"] == nil && event["last_message"] == nil, "nothing of one viewer, and nobody's words")
    let deleted = JSONWriter.messageDeletedEvent(room: PublicID(trusted: "r1"), seq: 4, by: PublicID(trusted: "u2"))
    #expect(try JSONValue(deleted) == .object(["room_id": .string("r1"), "seq": .integer(4), "deleted_by": .string("u2")]))
  }
}
