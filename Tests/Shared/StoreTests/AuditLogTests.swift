// The audit: what is recorded, bounded, shown, pruned and forgotten.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct AuditLogTests {
  private let directory = TemporaryDirectory()
  private var path: String { directory.path + "/echochat.db" }

  private func makeDatabase() throws -> Database {
    try Migrator.migrate(path: path, epoch: "new")
    let database = try Database(path: path, access: .writer)
    try database.runScript(
      """
      INSERT INTO users (id, public_id, username, display_name, created_at) VALUES (1, 'u1', 'alice', 'Alice', 1), (2, 'u2', 'bob', 'Bob', 2);
      """)
    return database
  }

  @Test func `an entry tells who did what to whom, from where`() throws {
    let database = try makeDatabase()
    let transaction = Transaction(database, now: Timestamp(milliseconds: 5000))
    let (alice, bob) = (UserRowID(1), UserRowID(2))
    try AuditLog.record(.userSuspended, by: .commandLine("root"), user: bob, transaction)
    try AuditLog.record(
      .messageDeletedByOperator, by: .user(alice), user: bob, room: PublicID(trusted: "den1"), message: 7, address: "192.0.2.1",
      detail: "spam\nagain", transaction)
    let rows = try database.all(
      "SELECT at, action, actor_kind, actor_id, actor_name, user_id, room, seq, address, detail, count FROM audit ORDER BY id"
    ) { row in (0...10).map { row.isNull(Int32($0)) ? "-" : row.text(Int32($0)) } }
    #expect(rows[0] == ["5000", "user_suspended", "2", "-", "root", "2", "-", "-", "-", "", "1"])
    #expect(rows[1] == ["5000", "message_deleted_by_operator", "1", "1", "-", "2", "den1", "7", "192.0.2.1", "spam again", "1"])
  }

  @Test func `what is too long for an entry is cut, so that no act fails for its record`() throws {
    let database = try makeDatabase()
    let transaction = Transaction(database, now: Timestamp(milliseconds: 5000))
    let long = String(repeating: "\u{1F468}\u{200D}\u{1F469}", count: 1000)
    try AuditLog.record(.roomRenamed, by: .commandLine(long), address: long, detail: long, transaction)
    try AuditLog.record(.roomRenamed, by: .commandLine(""), address: "", transaction)
    let lengths = try database.all("SELECT length(actor_name), length(address), length(detail) FROM audit ORDER BY id") { row in
      [row.integer(0), row.integer(1), row.integer(2)]
    }
    #expect(lengths == [[64, 64, 500], [1, 0, 0]])
  }
}
