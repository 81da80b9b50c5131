// One policy for all connections: damage stops the program, whoever meets it; errors that pass refuse writes until a commit succeeds.
import Domain
import Glibc
import Posix
import SQL
import Store
import TestSupport
import Testing

@Suite struct StoreFailurePolicyTests {
  /// A database whose file is damaged, and how often its policy would have stopped the program.
  private final class Damaged: Sendable {
    private static let pageBytes = 4096

    let store: TemporaryDatabase
    let stops = Lock(0)
    let policy: StoreFailurePolicy

    /// `fromPage`: the first of the pages that are overwritten, counted from 0.
    init(fromPage first: Int) throws {
      store = try TemporaryDatabase()
      let stops = stops
      policy = StoreFailurePolicy(path: store.path) { stops.withLock { $0 += 1 } }
      let holder = try Database(path: store.path, access: .writer)
      try holder.runScript("CREATE TABLE blobs (id INTEGER PRIMARY KEY, b BLOB) STRICT")
      for id in Int64(1)...200 { try holder.run("INSERT INTO blobs (id, b) VALUES (?, randomblob(1000))", .integer(id)) }
      _ = try Checkpointer.checkpoint(holder, Database(path: store.path, access: .writer))
      // The schema stays readable unless the first page is damaged.
      let root = try holder.first("SELECT rootpage FROM sqlite_master WHERE name = 'blobs'") { Int($0.integer(0)) } ?? 0
      overwrite(fromPage: first == 0 ? 0 : root)
    }

    private func overwrite(fromPage first: Int) {
      let file = open(store.path, O_WRONLY | O_CLOEXEC)
      defer { close(file) }
      let garbage = [UInt8](repeating: 0xa5, count: 12 * Self.pageBytes)
      #expect(pwrite(file, garbage, garbage.count, off_t(first * Self.pageBytes)) == garbage.count)
    }
  }

  private static let reading: @Sendable (Database) throws -> Int64? = { try $0.first("SELECT count(b) FROM blobs") { $0.integer(0) } }

  @Test func `a reader that meets damage stops the program`() throws {
    let damaged = try Damaged(fromPage: 1)
    let readers = ReaderPool(path: damaged.store.path, policy: damaged.policy)
    let error = #expect(throws: StoreError.self) { try readers.read(Self.reading) }
    #expect(error?.isCorruption == true)
    #expect(damaged.stops.withLock { $0 } == 1)
  }

  @Test func `the writer that meets damage stops the program, once`() throws {
    let damaged = try Damaged(fromPage: 1)
    let writer = try GroupCommit(path: damaged.store.path, policy: damaged.policy) { _ in }
    defer { writer.stop() }
    for _ in 0..<3 { #expect(throws: StoreError.self) { try writer.perform { try Self.reading($0.database) } } }
    #expect(damaged.stops.withLock { $0 } == 1)
  }

  @Test func `whatever opens a file that is no database stops the program`() throws {
    let openings: [(Damaged) throws -> Void] = [
      { try ReaderPool(path: $0.store.path, policy: $0.policy).open(1) },
      { _ = try GroupCommit(path: $0.store.path, policy: $0.policy) { _ in } },
      { _ = try Checkpointer(path: $0.store.path, policy: $0.policy) },
      { try Migrator.migrate(path: $0.store.path, epoch: "e", policy: $0.policy) },
    ]
    for open in openings {
      let damaged = try Damaged(fromPage: 0)
      #expect(throws: StoreError.self) { try open(damaged) }
      #expect(damaged.stops.withLock { $0 } == 1)
    }
  }

  @Test func `a second program stops since the first has met damage, and neither starts before the file is whole`() throws {
    let damaged = try Damaged(fromPage: 1)
    let path = damaged.store.path
    let stops = Lock(0)
    let other = StoreFailurePolicy(path: path) { stops.withLock { $0 += 1 } }
    other.stopIfMarked()
    try other.checkMarked()
    #expect(stops.withLock { $0 } == 0, "nobody has met it")

    #expect(throws: StoreError.self) { try ReaderPool(path: path, policy: damaged.policy).read(Self.reading) }
    other.stopIfMarked()
    #expect(stops.withLock { $0 } == 1)
    let next = StoreFailurePolicy(path: path) { stops.withLock { $0 += 1 } }
    let error = #expect(throws: StoreError.self) { try next.checkMarked() }
    #expect(error?.isCorruption == true && stops.withLock { $0 } == 2)

    let writer = try Database(path: path, access: .writer)
    try writer.runScript("DROP TABLE IF EXISTS missing")
    let whole = try TemporaryDatabase()
    #expect(rename(whole.path, path) == 0)
    for ending in ["-wal", "-shm"] { unlink(path + ending) }
    let after = StoreFailurePolicy(path: path) { stops.withLock { $0 += 1 } }
    try after.checkMarked()
    after.stopIfMarked()
    #expect(stops.withLock { $0 } == 2, "a whole copy was put in its place")
  }

  @Test func `an error that passes stops nothing`() throws {
    let store = try TemporaryDatabase()
    let stops = Lock(0)
    let readers = ReaderPool(path: store.path, policy: StoreFailurePolicy(path: store.path) { stops.withLock { $0 += 1 } })
    #expect(throws: StoreError.self) { try readers.read { try $0.run("SELECT nothing FROM nowhere") } }
    #expect(throws: StoreError.self) { try readers.read { try $0.run("DELETE FROM meta") } }
    #expect(stops.withLock { $0 } == 0)
  }

  @Test func `after a commit that failed, one that succeeds says that writes go through again`() throws {
    let store = try TemporaryDatabase()
    let policy = StoreFailurePolicy(path: store.path) {}
    let writer = try GroupCommit(path: store.path, policy: policy) { _ in }
    defer { writer.stop() }
    #expect(!policy.needsProbe && policy.mayWrite && !policy.isStuck)
    // A foreign key that is checked at the commit: no statement fails, but the commit.
    #expect(throws: StoreError.self) {
      try writer.perform { transaction in
        try transaction.database.run("PRAGMA defer_foreign_keys = ON")
        try transaction.database.run("INSERT INTO memberships (room_id, user_id, role, joined_at) VALUES (1, 1, 1, 0)")
      }
    }
    #expect(policy.needsProbe)
    try writer.perform { try Meta.rewrite($0) }
    #expect(!policy.needsProbe)
  }

  @Test func `a file that is gone or cannot be written to is not writable`() throws {
    let store = try TemporaryDatabase()
    #expect(StoreFailurePolicy(path: store.path) {}.mayWrite)
    #expect(!StoreFailurePolicy(path: "/proc/self/none/echochat.db") {}.mayWrite)
    #expect(!StoreFailurePolicy(path: "/proc/version") {}.mayWrite, "no room, and nobody may write to it")
  }

  /// Codes of sqlite.org/rescode.html.
  @Test(
    arguments: [
      (11, StoreError.Meaning.corruption), (26, .corruption), (267, .corruption), (522, .corruption), (5, .busy), (261, .busy), (15, .busy),
      (13, .full), (10, .inputOutput), (778, .inputOutput), (1034, .inputOutput), (8458, .inputOutput), (8, .readOnly), (1032, .readOnly),
      (1555, .uniqueViolation), (2067, .uniqueViolation), (1, .schemaMismatch), (14, .other), (7, .other),
    ] as [(Int32, StoreError.Meaning)])
  func `each result code has its meaning`(code: Int32, meaning: StoreError.Meaning) {
    #expect(StoreError(sqliteCode: code, message: "", sql: "").meaning == meaning)
  }

  @Test func `a reader whose error is not its file's is lent again, and what is open can read when no file can be opened`() throws {
    let store = try TemporaryDatabase()
    let readers = ReaderPool(path: store.path)
    try readers.open(2)
    #expect(throws: StoreError.self) { try readers.read { try $0.run("DELETE FROM meta") } }
    #expect(rename(store.path, store.path + ".elsewhere") == 0)
    let count: @Sendable (Database) throws -> Int64? = { try $0.first("SELECT count(*) FROM meta") { $0.integer(0) } }
    try readers.read { first in
      #expect(try count(first) == 2)
      #expect(try readers.read(count) == 2)
      try readers.read { _ in _ = #expect(throws: StoreError.self) { try readers.read(count) } }
    }
  }
}
