// A database of an older program keeps its rows, and they mean what they meant.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct MigrationTests {
  /// The schema before the journal had columns for what its events are about.
  private static let before = 8

  private let directory = TemporaryDirectory()
  private var path: String { directory.path + "/echochat.db" }

  /// Rows as the program of that schema wrote them.
  private static let rows = """
    INSERT INTO users (id, public_id, username, display_name, email, password_hash, created_at)
      VALUES (1, 'u1', 'alice', 'Alice', 'alice@example.org', 'hash', 1), (2, 'u2', 'bob', 'Bob', NULL, 'hash', 2);
    INSERT INTO sessions (id, public_id, user_id, refresh_hash, user_agent, created_at, used_at, expires_at)
      VALUES (8, 's8', 1, zeroblob(32), 'agent', 1, 1, 1000);
    INSERT INTO rooms (id, public_id, kind, name, topic, created_by, created_at, member_count, last_seq, last_activity_at, last_position)
      VALUES (1, 'den1', 2, 'Den', '', 1, 1, 1, 2, 9, 8);
    INSERT INTO memberships (room_id, user_id, role, joined_at, delivered_seq, preview_seq, read_seq) VALUES (1, 1, 3, 1, 2, 2, 1);
    INSERT INTO messages (id, user_id, client_id, fingerprint, position, json) VALUES
      (4294967297, 1, 'c1', 5, 3, '{"room_id":"den1","seq":1,"content":"second","created_at":"2026-01-01T00:00:00.000Z"}'),
      (4294967298, 1, NULL, NULL, 5, '{"room_id":"den1","seq":2,"content":null,"created_at":"2026-01-02T00:00:00.000Z"}');
    INSERT INTO journal (position, kind, room_id, user_id, previous, message_id, created_at, data) VALUES
      (1, 20, 1, 1, 0, NULL, 1, '{"room_id":"den1","user":{"username":"alice"},"role":"owner"}'),
      (2, 20, 1, 2, 1, NULL, 1, '{"room_id":"den1","user":{"username":"bob"},"role":"member"}'),
      (3, 1, 1, NULL, 2, NULL, 2, '{"room_id":"den1","seq":1,"content":"first"}'),
      (4, 2, 1, NULL, 3, 4294967297, 3, '{"room_id":"den1","seq":1,"content":"second"}'),
      (5, 1, 1, NULL, 4, NULL, 4, '{"room_id":"den1","seq":2,"content":null}'),
      (6, 3, 1, NULL, 5, NULL, 5, '{"room_id":"den1","seq":2,"deleted_by":"u1"}'),
      (7, 100, NULL, 1, 0, NULL, 6, '7'),
      (8, 22, 1, 2, 6, NULL, 7, '{"room_id":"den1","user":{"username":"bob"},"reason":"left"}'),
      (9, 12, 2, NULL, 0, NULL, 8, '{"room_id":"gone2","name":"Gone"}'),
      (10, 101, NULL, 2, 0, NULL, 9, ''),
      (11, 6, 1, 1, 0, NULL, 9, '{"room_id":"den1","user_id":"u1","read_seq":1}'),
      (12, 77, NULL, NULL, 0, NULL, 9, 'of a newer program');
    INSERT INTO deleted_room_members (user_id, position) VALUES (2, 9);
    UPDATE meta SET value = '0' WHERE name = 'journal_floor';
    """

  private func makeOldDatabase() throws -> Database {
    try Migrator.migrate(path: path, epoch: "old", through: Self.before)
    let database = try Database(path: path, access: .writer)
    try database.runScript(Self.rows)
    return database
  }

  @Test func `every row of an older database is there after the migration`() throws {
    func dump(_ database: Database) throws -> [String: [String]] {
      [
        "users": try database.all("SELECT id || public_id || username || display_name || created_at FROM users ORDER BY id") { $0.text(0) },
        "sessions": try database.all("SELECT id || public_id || user_id || hex(refresh_hash) || expires_at FROM sessions") { $0.text(0) },
        "rooms": try database.all("SELECT id || public_id || name || last_seq || last_position FROM rooms") { $0.text(0) },
        "memberships": try database.all("SELECT room_id || ':' || user_id || role || read_seq FROM memberships") { $0.text(0) },
        "messages": try database.all("SELECT id || json || position FROM messages ORDER BY id") { $0.text(0) },
        "journal": try database.all(
          "SELECT position || ' ' || kind || ' ' || previous || ' ' || created_at || data FROM journal WHERE kind <> 100 ORDER BY position"
        ) { $0.text(0) },
        "meta": try database.all("SELECT name || value FROM meta ORDER BY name") { $0.text(0) },
        "deleted": try database.all("SELECT user_id || ':' || position FROM deleted_room_members") { $0.text(0) },
      ]
    }
    let before = try dump(makeOldDatabase())
    #expect(before.values.allSatisfy { !$0.isEmpty } && before["journal"]?.count == 11)
    #expect(try Migrator.migrate(path: path, epoch: "new") == Int64(Self.before))
    let database = try Database(path: path, access: .reader)
    #expect(try dump(database) == before)
    #expect(try Migrator.schema(of: database) == Int64(Migrator.version))
    #expect(try Journal.lastPosition(database) == 12 && Meta.epoch(database) == "old")
    #expect(try database.all("PRAGMA integrity_check") { $0.text(0) } == ["ok"])
  }

  @Test func `what older events are about is known after the migration`() throws {
    _ = try makeOldDatabase()
    try Migrator.migrate(path: path, epoch: "new")
    let database = try Database(path: path, access: .reader)
    let entries = try Journal.batch(after: 0, limit: 100, database).entries
    let room = RoomRowID(1)
    func message(_ seq: Int64) -> MessageID { MessageID(room: room, seq: seq) }
    #expect(entries.map(\.message) == [nil, nil, message(1), message(1), message(2), message(2), nil, nil, nil, nil, nil, nil])
    #expect(entries.compactMap(\.session) == [SessionRowID(7)])
    #expect(entries.map { $0.roomID?.text } == ["den1", "den1", nil, nil, nil, nil, nil, "den1", "gone2", nil, nil, nil])
    // Bob resumes from before the migration. Meanwhile Bob left one room and another one was deleted.
    let changes = try Journal.membershipChanges(of: UserRowID(2), after: 0, limit: 10, database)
    #expect(changes.map(\.position) == [2, 8] && changes.map { $0.roomID?.text } == ["den1", "den1"])
    let deletions = try DeletedRooms.deletions(concerning: UserRowID(2), after: 0, database)
    #expect(deletions.map(\.position) == [9] && deletions.map { $0.roomID?.text } == ["gone2"])
    #expect(try Journal.positions(of: room, after: 0, limit: 10, database) == [1, 2, 3, 4, 5, 6, 8])
    #expect(try Journal.positions(of: room, after: 2, limit: 3, database) == [5, 6, 8])
    #expect(try Journal.edits(after: 0, limit: 10, database).map(\.row) == [message(1).row])
  }

  /// While programs are renewed, the old ones still write for some seconds to a database that a new one has migrated.
  @Test func `what an older program writes after the migration is understood, too`() throws {
    try Migrator.migrate(path: path, epoch: "new")
    try Database(path: path, access: .writer).runScript(Self.rows)
    let entries = try Journal.batch(after: 0, limit: 100, Database(path: path, access: .reader)).entries
    #expect(entries.map(\.seq) == [nil, nil, 1, 1, 2, 2, nil, nil, nil, nil, nil, nil])
    #expect(entries.compactMap(\.session) == [SessionRowID(7)])
    #expect(entries.map { $0.roomID?.text } == ["den1", "den1", nil, nil, nil, nil, nil, "den1", "gone2", nil, nil, nil])
  }

  @Test func `a message from before the migration can be redacted, and new events follow the old ones`() throws {
    _ = try makeOldDatabase()
    try Migrator.migrate(path: path, epoch: "new")
    let writer = try GroupCommit(path: path) { _ in }
    defer { writer.stop() }
    let id = MessageID(room: RoomRowID(1), seq: 1)
    let position = try writer.perform { transaction in
      try Journal.redact(id, announcedAt: 3, json: Array("{}".utf8), transaction)
      return try Journal.append(
        .messageDeleted, by: .server, room: id.room, message: id, data: Array("{}".utf8), at: Timestamp(milliseconds: 10), transaction)
    }
    #expect(position == 13)
    let database = try Database(path: path, access: .reader)
    let entries = try Journal.batch(after: 2, limit: 2, database).entries + Journal.batch(after: 12, limit: 1, database).entries
    #expect(entries.map { String(decoding: $0.data, as: UTF8.self) } == ["{}", "{}", "{}"])
    #expect(entries.map(\.message) == [id, id, id])
    #expect(try Journal.positions(of: id.room, after: 5, limit: 10, database) == [6, 8, 13])
  }

  @Test func `after the migration, what was deleted before does not count as unread`() throws {
    try makeOldDatabase().runScript(
      """
      UPDATE rooms SET last_seq = 4;
      INSERT INTO messages (id, user_id, position, json) VALUES
        (4294967299, 1, 13, '{"seq":3,"content":null,"created_at":"2026-01-02T00:00:00.000Z","edited_at":null,"deleted":true}'),
        (4294967300, 1, 14, '{"seq":4,"content":"\\"deleted\\":true","created_at":"2026-01-02T00:00:00.000Z","deleted":false}');
      """)
    try Migrator.migrate(path: path, epoch: "new")
    let database = try Database(path: path, access: .reader)
    #expect(try Memberships.state(of: UserRowID(1), in: RoomRowID(1), database)?.membership.unread == 2)
  }

  @Test func `after the migration, groups that others made are unopened until read, and empty rooms that nobody can open are known`() throws
  {
    try makeOldDatabase().runScript(
      """
      INSERT INTO rooms (id, public_id, kind, name, created_by, created_at, member_count, last_seq, last_activity_at) VALUES
        (2, 'read', 2, 'Read', 2, 1, 1, 3, 1), (3, 'unread', 2, 'Unread', 2, 1, 1, 3, 1), (4, 'joined', 3, 'Joined', 2, 1, 1, 3, 1),
        (5, 'empty', 2, 'Empty', 2, 1, 0, 0, 1), (6, 'square', 3, 'Square', 2, 1, 0, 0, 1);
      INSERT INTO rooms (id, public_id, kind, created_by, created_at, last_activity_at, direct_low, direct_high) VALUES
        (7, 'direct', 1, 1, 1, 1, 1, 2);
      INSERT INTO memberships (room_id, user_id, role, joined_at, joined_seq, delivered_seq, preview_seq, read_seq) VALUES
        (2, 1, 1, 1, 1, 3, 3, 3), (3, 1, 1, 1, 1, 3, 1, 1), (4, 1, 1, 1, 1, 3, 1, 1);
      """)
    try Migrator.migrate(path: path, epoch: "new")
    let database = try Database(path: path, access: .reader)
    #expect(try Memberships.counts(of: UserRowID(1), database) == RoomCounts(rooms: 4, owned: 1, unopened: 1))
    #expect(try Rooms.emptied(before: Timestamp(milliseconds: 0), limit: 9, database).map(\.text) == ["empty"])
    #expect(try Rooms.emptied(before: Timestamp(milliseconds: .max), limit: 9, database).map(\.text) == ["empty", "square"])
  }

  @Test func `after the migration, nobody is an operator and no account is the service's own`() throws {
    _ = try makeOldDatabase()
    try Migrator.migrate(path: path, epoch: "new")
    let database = try Database(path: path, access: .reader)
    let accounts = try Users.accounts(after: 0, limit: 9, database)
    #expect(accounts.map(\.user.username) == ["alice", "bob"] && accounts.allSatisfy { !$0.isOperator && !$0.isSystem })
    #expect(try accounts.allSatisfy { try !Users.isOperator($0.user.rowID, database) })
    #expect(try Users.system(database) == nil)
    #expect(try RegistrationCodes.list(at: Timestamp(milliseconds: 0), after: 0, limit: 9, database).isEmpty)
  }

  @Test func `after the migration, a session goes on with its token, and one that was exchanged before ends it`() throws {
    try makeOldDatabase().runScript(
      """
      UPDATE sessions SET expires_at = 4000000000000;
      INSERT INTO spent_refresh_tokens (hash, session_id) VALUES (x'01', 8);
      """)
    try Migrator.migrate(path: path, epoch: "new")
    let writer = try GroupCommit(path: path) { _ in }
    defer { writer.stop() }
    let (newest, next) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 2, count: 32))
    func isValid(_ hash: [UInt8]) throws -> Bool? {
      switch try RefreshTokens.find(hash, at: Timestamp(milliseconds: 10), Database(path: path, access: .reader)) {
      case .valid: true
      case .spent: false
      case nil: nil
      }
    }
    #expect(try isValid(newest) == true && isValid([1]) == false && isValid(next) == nil)
    try writer.perform {
      try RefreshTokens.exchange(
        newest, of: SessionRowID(8), for: next, at: Timestamp(milliseconds: 5), expiresAt: Timestamp(milliseconds: 1000), $0)
    }
    #expect(try isValid(newest) == true && isValid(next) == true)
  }

  @Test func `after the migration, an address of before is in force, unverified, and nothing is pending`() throws {
    _ = try makeOldDatabase()
    try Migrator.migrate(path: path, epoch: "new")
    let database = try Database(path: path, access: .reader)
    let email = AccountEmail(address: "alice@example.org", isVerified: false, pending: nil)
    #expect(try Users.accountEmail(of: UserRowID(1), database) == email)
    #expect(try Users.credentials(login: "Alice@example.org", database)?.user.rowID == UserRowID(1))
    #expect(try Users.accountEmail(of: UserRowID(2), database) == AccountEmail(address: nil, isVerified: false, pending: nil))
    let writer = try GroupCommit(path: path) { _ in }
    defer { writer.stop() }
    let isKnown = try writer.perform {
      try KnownDevices.see([UInt8](repeating: 1, count: 32), of: UserRowID(1), at: Timestamp(milliseconds: 9), $0)
    }
    #expect(!isKnown)
  }

  @Test func `after the migration, an account of before gets mail`() throws {
    _ = try makeOldDatabase()
    try Migrator.migrate(path: path, epoch: "new")
    let writer = try GroupCommit(path: path) { _ in }
    defer { writer.stop() }
    let mail = Mail(.resetPassword, to: try EmailAddress("alice@example.org"), user: UserRowID(1), fields: [.link: "https://x/1"])
    let id = try writer.perform { try Mails.insert(mail, at: Timestamp(milliseconds: 10), $0) }
    let database = try Database(path: path, access: .reader)
    #expect(try Mails.due(at: Timestamp(milliseconds: 0), limit: 9, database).map(\.id) == [id])
  }

  @Test func `after the migration, a device that nobody named is known by its User-Agent, and was seen when it last refreshed`() throws {
    try makeOldDatabase().runScript("UPDATE sessions SET used_at = 7")
    try Migrator.migrate(path: path, epoch: "new")
    let database = try Database(path: path, access: .writer)
    // As a program from before the migration writes it.
    try database.runScript(
      """
      INSERT INTO sessions (id, public_id, user_id, refresh_hash, user_agent, created_at, used_at, expires_at)
        VALUES (9, 's9', 1, x'0101010101010101010101010101010101010101010101010101010101010101', 'curl/8', 2, 3, 1000);
      """)
    let sessions = try Sessions.list(of: UserRowID(1), at: Timestamp(milliseconds: 10), database)
    #expect(sessions.map(\.readableName) == ["agent", "curl"] && sessions.map(\.seenAt.milliseconds) == [7, 3])
    #expect(sessions.allSatisfy { $0.address == nil && $0.deviceName == nil })
    #expect(try AuditLog.newest(AuditFilter(), limit: 1, database).isEmpty)
  }
}
