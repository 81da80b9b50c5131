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

  @Test func `failed sign-ins of one account from one address are one entry a minute, and an attack does not fill the disk`() throws {
    let database = try makeDatabase()
    func fail(_ user: Int64?, _ address: String?, at milliseconds: Int64) throws {
      try AuditLog.recordFailedSignIn(
        user.map(UserRowID.init), address: address, Transaction(database, now: Timestamp(milliseconds: milliseconds)))
    }
    func entries() throws -> [AuditEntry] { try AuditLog.newest(AuditFilter(), limit: 10_000, database) }
    for second in 0..<59 { try fail(1, "192.0.2.1", at: 1_000_000 + Int64(second) * 1000) }
    try fail(1, "192.0.2.2", at: 1_030_000)
    try fail(2, "192.0.2.1", at: 1_030_000)
    for _ in 0..<3 { try fail(nil, "192.0.2.1", at: 1_030_000) }
    try fail(1, "192.0.2.1", at: 1_061_000)
    #expect(try entries().map(\.count) == [59, 1, 1, 3, 1])
    #expect(try entries().map(\.user) == ["alice", "alice", "bob", nil, "alice"])
    #expect(try entries().allSatisfy { $0.action == "sign_in_failed" && $0.actor == .nobody })
    // A thousand addresses a minute, for three hours.
    for number in 0..<18_000 { try fail(1, "2001:db8:0:\(String(number, radix: 16))::/64", at: 2_000_000 + Int64(number) * 600) }
    let all = try entries()
    #expect(all.count <= 5 + 4 * (Int(AuditLog.failuresPerHourMax) + 1), "\(all.count)")
    #expect(all.reduce(0) { $0 + $1.count } == 65 + 18_000, "all are counted")
    #expect(all.contains { $0.user == nil && $0.address == nil && $0.count > 1000 && $0.detail.hasPrefix("and others") })
  }

  @Test func `entries are found by user, time and action, the newest last, and are pruned when they are old`() throws {
    let database = try makeDatabase()
    let (alice, bob) = (UserRowID(1), UserRowID(2))
    for number in 1...10 {
      let transaction = Transaction(database, now: Timestamp(milliseconds: Int64(number) * 1000))
      try AuditLog.record(.signIn, by: .user(number % 2 == 0 ? alice : bob), user: number % 2 == 0 ? alice : bob, transaction)
      if number == 5 { try AuditLog.record(.userSuspended, by: .user(alice), user: bob, transaction) }
    }
    func times(_ filter: AuditFilter, limit: Int64 = 100) throws -> [Int64] {
      try AuditLog.newest(filter, limit: limit, database).map { $0.at.milliseconds / 1000 }
    }
    #expect(try times(AuditFilter()) == [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10])
    #expect(try times(AuditFilter(), limit: 3) == [8, 9, 10])
    #expect(try times(AuditFilter(user: alice)) == [2, 4, 5, 6, 8, 10], "by and about Alice")
    #expect(try times(AuditFilter(user: bob)) == [1, 3, 5, 5, 7, 9])
    #expect(try times(AuditFilter(since: Timestamp(milliseconds: 8000))) == [8, 9, 10])
    #expect(try times(AuditFilter(action: "user_suspended")) == [5])
    #expect(try times(AuditFilter(user: bob, since: Timestamp(milliseconds: 5000), action: "sign_in")) == [5, 7, 9])
    let transaction = Transaction(database, now: Timestamp(milliseconds: 20_000))
    try AuditLog.prune(before: Timestamp(milliseconds: 6000), limit: 4, transaction)
    #expect(try times(AuditFilter()) == [5, 5, 6, 7, 8, 9, 10], "the oldest ones, a bounded number at a time")
    try AuditLog.prune(before: Timestamp(milliseconds: 6000), limit: 4, transaction)
    #expect(try times(AuditFilter()) == [6, 7, 8, 9, 10])
  }

  @Test func `of a deleted account the audit keeps neither details nor addresses, of others it does`() throws {
    let database = try makeDatabase()
    let transaction = Transaction(database, now: Timestamp(milliseconds: 5000))
    let (alice, bob) = (UserRowID(1), UserRowID(2))
    try AuditLog.record(.signIn, by: .user(bob), user: bob, address: "192.0.2.2", detail: "Firefox", transaction)
    try AuditLog.recordFailedSignIn(bob, address: "192.0.2.3", transaction)
    try AuditLog.record(.userSuspended, by: .user(alice), user: bob, address: "192.0.2.1", detail: "Bob is rude", transaction)
    try AuditLog.record(.signIn, by: .user(alice), user: alice, address: "192.0.2.1", detail: "Safari", transaction)
    #expect(try AuditLog.hasSignedIn(bob, from: "192.0.2.2", database))
    try AuditLog.forget(bob, transaction)
    let entries = try AuditLog.newest(AuditFilter(), limit: 10, database)
    #expect(entries.map(\.action) == ["sign_in", "sign_in_failed", "user_suspended", "sign_in"])
    #expect(entries.map(\.address) == [nil, nil, "192.0.2.1", "192.0.2.1"])
    #expect(entries.map(\.detail) == ["", "", "", "Safari"])
    #expect(try !AuditLog.hasSignedIn(bob, from: "192.0.2.2", database))
    #expect(try AuditLog.hasSignedIn(alice, from: "192.0.2.1", database) && !AuditLog.hasSignedIn(alice, from: "192.0.2.2", database))
  }
}
