// Reactions of an older program, which kept each spelling of an emoji apart.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct EmojiSpellingTests {
  /// The schema before one spelling of each emoji was stored.
  private static let before = 13

  private let directory = TemporaryDirectory()
  private var path: String { directory.path + "/echochat.db" }

  private func message(_ seq: Int, _ reactions: String, content: String = "hello") -> String {
    #"{"room_id":"den1","seq":\#(seq),"content":"\#(content)","mentions":[],"reactions":\#(reactions),"deleted":false}"#
  }

  /// Stores messages 1, 2, 3… and events, as that program did, and migrates.
  private func migrated(_ messages: [String], events: [(kind: EventKind, data: String)] = []) throws -> Database {
    try Migrator.migrate(path: path, epoch: "old", through: Self.before)
    let old = try Database(path: path, access: .writer)
    try old.runScript(
      """
      INSERT INTO users (id, public_id, username, display_name, created_at) VALUES (1, 'u1', 'alice', 'Alice', 1), (2, 'u2', 'bob', 'Bob', 2);
      INSERT INTO rooms (id, public_id, kind, name, created_by, created_at, last_activity_at) VALUES (1, 'den1', 2, 'Den', 1, 1, 1);
      """)
    for (index, json) in messages.enumerated() {
      try old.run(
        "INSERT INTO messages (id, user_id, position, json) VALUES (?, 1, 1, ?)",
        .integer(MessageID(room: RoomRowID(1), seq: Int64(index) + 1).row), .text(json))
    }
    for event in events {
      try old.run(
        "INSERT INTO journal (kind, room_id, previous, created_at, data) VALUES (?, 1, 0, 1, ?)", .integer(event.kind.rawValue),
        .text(event.data))
    }
    old.close()
    try Migrator.migrate(path: path, epoch: "new")
    return try Database(path: path, access: .reader)
  }

  private func messages(_ database: Database) throws -> [String] {
    try database.all("SELECT json FROM messages ORDER BY id") { $0.text(0) }
  }

  private func same(_ one: [String], _ other: [String]) -> Bool { one.map { Array($0.utf8) } == other.map { Array($0.utf8) } }

  @Test func `groups of one emoji are joined, each user once, and nothing else is touched`() throws {
    let database = try migrated([
      message(1, "{\"👍\":[\"u1\",\"u2\"],\"👍\u{fe0f}\":[\"u2\",\"u3\"],\"🎉\":[\"u1\"]}"),
      message(2, "{\"1\u{20e3}\":[\"u1\"]}"),
      message(3, "{\"🎉\":[\"u1\"]}", content: #"“ \u001b \"reactions\":{\"👍"# + "\u{fe0f}" + #"\":1} é"#),
      message(4, "{}"),
      message(5, "{\"🏳\u{200d}🌈\":[\"u2\"],\"🏳\u{fe0f}\u{200d}🌈\":[\"u2\",\"u1\"]}", content: #"tab\t \\ \"quoted\""#),
    ])
    #expect(
      same(
        try messages(database),
        [
          message(1, "{\"🎉\":[\"u1\"],\"👍\":[\"u1\",\"u2\",\"u3\"]}"),
          message(2, "{\"1\u{fe0f}\u{20e3}\":[\"u1\"]}"),
          message(3, "{\"🎉\":[\"u1\"]}", content: #"“ \u001b \"reactions\":{\"👍"# + "\u{fe0f}" + #"\":1} é"#),
          message(4, "{}"),
          message(5, "{\"🏳\u{fe0f}\u{200d}🌈\":[\"u2\",\"u1\"]}", content: #"tab\t \\ \"quoted\""#),
        ]))
    #expect(try database.all("PRAGMA integrity_check") { $0.text(0) } == ["ok"])
  }

  @Test func `more messages than one batch are joined`() throws {
    let count = 1203
    let database = try migrated((1...count).map { message($0, "{\"👍\u{fe0f}\":[\"u1\"]}") })
    #expect(same(try messages(database), (1...count).map { message($0, "{\"👍\":[\"u1\"]}") }))
  }

  @Test func `a client that resumes ends where the messages are`() throws {
    func event(_ kind: EventKind, _ seq: Int, _ emoji: String, _ user: String) -> (kind: EventKind, data: String) {
      (kind, #"{"room_id":"den1","seq":\#(seq),"emoji":"\#(emoji)","user_id":"\#(user)"}"#)
    }
    let selected = "👍\u{fe0f}"
    let database = try migrated(
      [
        message(1, "{\"👍\":[\"u1\"],\"\(selected)\":[\"u2\"]}"),
        message(2, "{\"🎉\":[\"u1\"]}"),
      ],
      events: [
        (.newMessage, message(1, "{}")),
        event(.reactionAdded, 1, "👍", "u1"),
        event(.reactionAdded, 1, selected, "u1"),
        // One of two spellings: the reaction stands.
        event(.reactionRemoved, 1, selected, "u1"),
        event(.reactionAdded, 1, selected, "u2"),
        // Taken back and given again.
        event(.reactionRemoved, 1, selected, "u2"),
        event(.reactionAdded, 1, selected, "u2"),
        // Gone.
        event(.reactionAdded, 1, selected, "u3"),
        event(.reactionRemoved, 1, selected, "u3"),
        (.messageEdited, message(1, "{\"\(selected)\":[\"u2\"]}")),
        event(.reactionAdded, 2, "🎉", "u1"),
      ])
    let entries = try Journal.batch(after: 0, limit: 100, database).entries
    let kinds: [EventKind] = [
      .newMessage, .reactionAdded, .reactionAdded, .reactionAdded, .reactionAdded, .reactionRemoved, .reactionAdded, .reactionAdded,
      .reactionRemoved, .messageEdited, .reactionAdded,
    ]
    #expect(entries.map(\.kind) == kinds)
    let data = entries.map { String(decoding: $0.data, as: UTF8.self) }
    #expect(!data.contains { $0.unicodeScalars.contains("\u{fe0f}") })
    #expect(data[9] == message(1, "{\"👍\":[\"u2\"]}"))
    #expect(same(try messages(database), [message(1, "{\"👍\":[\"u1\",\"u2\"]}"), message(2, "{\"🎉\":[\"u1\"]}")]))
  }
}
