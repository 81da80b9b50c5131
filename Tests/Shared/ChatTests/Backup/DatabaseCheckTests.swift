// Each rule of a whole database: a chat that was used keeps it, and what breaks it is told.
import Configuration
import Domain
import SQL
import Store
import TestSupport
import Testing

@testable import Chat

@Suite struct DatabaseCheckTests {
  /// Rooms with messages, a deleted one, a mention, an edit, receipts, members who left, two messages in a tail, and a room that is gone.
  private static func usedChat() throws -> ChatFixture {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    let gone = try fixture.room("Gone", .group, by: fixture.alice, with: [fixture.bob])
    for number in 1...6 {
      try fixture.post("message \(number)", in: lobby, by: fixture.alice)
      try fixture.post("message \(number) for @bob", in: gone, by: fixture.alice)
    }
    try fixture.post("hello @bob and @mallory", in: lobby, by: fixture.alice)
    try fixture.post("hello again @bob", in: lobby, by: fixture.alice)
    try fixture.edit(2, in: lobby, to: "edited", by: fixture.alice)
    try fixture.delete(3, in: lobby, by: fixture.alice)
    try fixture.delete(3, in: gone, by: fixture.alice)
    try fixture.mark(lobby, read: 5, by: fixture.bob)
    try fixture.chat.leave(lobby, by: fixture.mallory.principal)
    try fixture.chat.deleteRoom(gone, by: fixture.alice.principal)
    for number in 9...10 { try fixture.post("message \(number)", in: lobby, by: fixture.alice) }
    return fixture
  }

  private static func faults(_ fixture: ChatFixture) throws -> [String: [String]] {
    try fixture.read { database in
      let found = DatabaseCheck.faults(in: database, schema: Migrator.version)
      return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.faults) })
    }
  }

  @Test func `a chat that was used keeps every rule, also while a room that is gone is purged`() throws {
    let fixture = try Self.usedChat()
    let whole = try Self.faults(fixture)
    #expect(whole.count == 5)
    #expect(whole.values.flatMap { $0 } == [])
    repeat {
      let now = try Self.faults(fixture)
      #expect(now.values.flatMap { $0 } == [])
    } while try fixture.chat.commit({ try DeletedRooms.purge(limit: 1, $0) })
    let purged = try Self.faults(fixture)
    #expect(purged.values.flatMap { $0 } == [])
  }

  @Test(arguments: [
    ("foreign keys", "PRAGMA foreign_keys=OFF; INSERT INTO memberships (room_id, user_id, role, joined_at) VALUES (77, 1, 1, 0)"),
    ("sequence numbers", "DELETE FROM messages WHERE id = (1 << 32 | 1)"),
    ("sequence numbers", "DELETE FROM messages WHERE id = (1 << 32 | 4)"),
    ("sequence numbers", "DELETE FROM messages WHERE id >> 32 = 1"),
    ("sequence numbers", "UPDATE rooms SET last_seq = last_seq + 1"),
    ("sequence numbers", "DELETE FROM deleted_rooms"),
    ("sequence numbers", "UPDATE rooms SET tail_count = 3"),
    ("sequence numbers", "UPDATE rooms SET tail_count = 1"),
    ("sequence numbers", "UPDATE rooms SET tail_count = 0, tail_position = 0"),
    ("sequence numbers", "UPDATE rooms SET tail_position = 0"),
    ("sequence numbers", "UPDATE rooms SET tail_position = tail_position - 1"),
    ("sequence numbers", "UPDATE rooms SET tail_count = -1"),
    ("sequence numbers", "UPDATE journal SET previous_message = NULL"),
    ("sequence numbers", "UPDATE journal SET seq = 7 WHERE seq = 9"),
    ("sequence numbers", "DELETE FROM journal WHERE seq = 9"),
    ("counters", "UPDATE rooms SET member_count = member_count + 1"),
    ("counters", "DELETE FROM mentions"),
    ("counters", "UPDATE memberships SET mentions = mentions + 1"),
    ("counters", "DELETE FROM deleted_messages WHERE id >> 32 = 1"),
    ("counters", "DELETE FROM deleted_message_counts WHERE block >> 22 = 1"),
    ("counters", "INSERT INTO file_totals (user_id, disk_bytes) VALUES (1, 4096)"),
    ("counters", "UPDATE memberships SET read_seq = 99, preview_seq = 99, delivered_seq = 99"),
    ("journal", "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'journal'"),
    ("journal", "UPDATE meta SET value = '1000000000' WHERE name = 'journal_floor'"),
    ("journal", "DELETE FROM meta WHERE name = 'journal_floor'"),
    ("journal", "UPDATE rooms SET last_position = 1000000000"),
    ("journal", "UPDATE journal SET previous = position"),
    ("journal", "UPDATE messages SET position = 1000000000"),
    ("journal", "UPDATE messages SET position = 1"),
    ("journal", "UPDATE journal SET data = '' WHERE seq = 10"),
    ("journal", "INSERT INTO history_sections (start, tag) VALUES (1000000000, 1)"),
  ])
  func `what breaks a rule is told under its name`(name: String, statement: String) throws {
    let fixture = try Self.usedChat()
    let database = try Database(path: fixture.chat.settings.databasePath, access: .writer)
    try database.runScript(statement)
    let found = try Self.faults(fixture)
    #expect(found[name]?.isEmpty == false, "\(found)")
    #expect(found["integrity"] == [])
  }

  @Test(arguments: [
    ("first_seq = 5", true, "nothing is removed yet"),
    ("first_seq = 5; DELETE FROM messages WHERE id BETWEEN 1 << 32 | 1 AND 1 << 32 | 2", true, "the oldest are removed"),
    ("first_seq = 5; DELETE FROM messages WHERE id BETWEEN 1 << 32 | 1 AND 1 << 32 | 4", true, "all of them"),
    ("first_seq = 9; DELETE FROM messages WHERE id >> 32 = 1", true, "nothing is left but the tail"),
    ("first_seq = 5; DELETE FROM messages WHERE id = 1 << 32 | 3", false, "one between is gone"),
    ("first_seq = 5; DELETE FROM messages WHERE id BETWEEN 1 << 32 | 1 AND 1 << 32 | 5", false, "one more is gone"),
    ("first_seq = 5; DELETE FROM messages WHERE id >> 32 = 1", false, "those that are kept are gone"),
    ("first_seq = 5; DELETE FROM messages WHERE id = 1 << 32 | 8", false, "the newest is gone"),
  ])
  func `messages that have expired may be gone, from the oldest on`(statement: String, isWhole: Bool, why: String) throws {
    let fixture = try Self.usedChat()
    let database = try Database(path: fixture.chat.settings.databasePath, access: .writer)
    try database.runScript("UPDATE rooms SET \(statement)")
    #expect(try Self.faults(fixture)["sequence numbers"]?.isEmpty == isWhole, "\(why)")
  }

  @Test func `where messages have expired, the counts up to the first that is kept do not matter`() throws {
    let fixture = try Self.usedChat()
    let database = try Database(path: fixture.chat.settings.databasePath, access: .writer)
    try database.runScript("DELETE FROM deleted_messages WHERE id >> 32 = 1")
    #expect(try Self.faults(fixture)["counters"]?.count == 1)
    try database.runScript("UPDATE rooms SET first_seq = 4")
    #expect(try Self.faults(fixture)["counters"] == [])
    try database.runScript("INSERT INTO deleted_message_counts (block, count) VALUES ((1 << 22) + 1, 1)")
    #expect(try Self.faults(fixture)["counters"]?.count == 1)
  }

  /// The lines of query plans that say that rows are kept in memory: sorted, indexed for the one statement, or as the result of a part of
  /// it. What `ends` keeps is one row.
  private static func keeping(_ plans: [String]) -> [String] {
    plans.filter { plan in
      plan != "MATERIALIZE ends" && ["TEMP B-TREE", "AUTOMATIC", "MATERIALIZE", "LIST SUBQUERY"].contains { plan.contains($0) }
    }
  }

  @Test(arguments: [24, Migrator.version]) func `no rule sorts or keeps rows, of which there may be many`(schema: Int) throws {
    let fixture = try Self.usedChat()
    // Schema 24 has no tails.
    try fixture.chat.commit { try Messages.moveTail(of: RoomRowID(1), $0) }
    let (faults, plans) = try fixture.read { database in
      (DatabaseCheck.faults(in: database, schema: schema).flatMap(\.faults), try database.plans())
    }
    #expect(faults == [] && plans.count > 40)
    #expect(Self.keeping(plans) == [])
  }

  @Test(arguments: [
    "SELECT id >> 32, count(*) FROM messages GROUP BY id >> 32", "SELECT DISTINCT id >> 32 FROM messages",
    "SELECT lag(position) OVER (PARTITION BY id >> 32 ORDER BY id) FROM messages",
    "SELECT 1 FROM rooms r LEFT JOIN (SELECT kind, count(*) FROM journal GROUP BY kind) j ON j.kind = r.id",
    "SELECT 1 FROM rooms WHERE id NOT IN (SELECT room_id FROM journal)",
  ])
  func `a rule that keeps rows is found by its plan`(sql: String) throws {
    let statement = Statement(composing: sql)
    let plans = try Self.usedChat().read { database in
      try database.forEach(statement) { _ in }
      return try database.plans()
    }
    #expect(!Self.keeping(plans).isEmpty)
  }

  @Test func `a file that nobody changes is read without a log, and cannot be written`() throws {
    let fixture = try Self.usedChat()
    fixture.chat.stop()
    fixture.chat.close()
    let database = try Database(path: fixture.chat.settings.databasePath, access: .unchanging)
    let faults = DatabaseCheck.faults(in: database, schema: Migrator.version)
    #expect(faults.flatMap(\.faults) == [])
    #expect(throws: StoreError.self) { try database.run("DELETE FROM messages") }
    #expect(!TemporaryDirectory.names(in: fixture.chat.settings.data).contains { $0.hasPrefix("echochat.db-") })
  }
}
