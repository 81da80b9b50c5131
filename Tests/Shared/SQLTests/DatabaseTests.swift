// One connection: what is set on it, and what goes in and comes out.
import Domain
import Posix
import SQL
import TestSupport
import Testing

@Suite struct DatabaseTests {
  /// What every connection must have.
  private static func expectSettings(_ database: Database, isReader: Bool) throws {
    #expect(try database.first("PRAGMA journal_mode") { $0.text(0) } == "wal")
    #expect(try database.first("PRAGMA synchronous") { $0.integer(0) } == 2)
    #expect(try database.first("PRAGMA foreign_keys") { $0.integer(0) } == 1)
    #expect(try database.first("PRAGMA wal_autocheckpoint") { $0.integer(0) } == 0)
    #expect(try database.first("PRAGMA mmap_size") { $0.integer(0) } == 0)
    #expect(try database.first("PRAGMA temp_store") { $0.integer(0) } == 2)
    #expect(try database.first("PRAGMA trusted_schema") { $0.integer(0) } == 0)
    #expect(try database.first("PRAGMA journal_size_limit") { $0.integer(0) } == 64 << 20)
    #expect(try database.first("PRAGMA query_only") { $0.integer(0) } == (isReader ? 1 : 0))
    // 0: no page goes to the WAL before the commit.
    if !isReader { #expect(try database.first("PRAGMA cache_spill") { $0.integer(0) } == 0) }
  }

  @Test func `all settings are in force on every connection, reading or writing, pooled or not`() throws {
    let store = try TemporaryDatabase()
    try Self.expectSettings(try Database(path: store.path, access: .writer), isReader: false)
    try Self.expectSettings(try Database(path: store.path, access: .reader), isReader: true)
    try store.read { try Self.expectSettings($0, isReader: true) }
    let index = try Database(path: store.path + ".index", access: .indexer)
    #expect(try index.first("PRAGMA cache_spill") { $0.integer(0) } == 0)
    try store.write { try Self.expectSettings($0.database, isReader: false) }
  }

  @Test func `a reader cannot write, and nobody can forge the schema`() throws {
    let store = try TemporaryDatabase()
    let reader = try Database(path: store.path, access: .reader)
    #expect(throws: StoreError.self) { try reader.run("DELETE FROM meta") }
    let writer = try Database(path: store.path, access: .writer)
    try writer.runScript("PRAGMA writable_schema = ON")
    #expect(throws: StoreError.self) { try writer.run("DELETE FROM sqlite_master") }
  }

  @Test func `a reader does not create a missing file`() {
    let directory = TemporaryDirectory()
    #expect(throws: StoreError.self) { try Database(path: directory.path + "/none.db", access: .reader) }
    #expect(TemporaryDirectory.names(in: directory.path) == [])
  }

  @Test func `every value comes out as it went in, to the byte`() throws {
    let store = try TemporaryDatabase()
    let writer = try Database(path: store.path, access: .writer)
    try writer.runScript("CREATE TABLE things (id INTEGER PRIMARY KEY, i INTEGER, t TEXT, b BLOB) STRICT")
    let texts = ["", "plain", "é e\u{301} 界 👩‍👩‍👧‍👦", "nul\u{0}inside", "'; DROP TABLE things; --", String(repeating: "x", count: 100_000)]
    let blobs: [[UInt8]] = [[], [0], Array(0...255)]
    let integers: [Int64] = [0, 1, -1, .max, .min]
    for text in texts {
      for blob in blobs {
        for integer in integers {
          let row =
            try writer.first(
              "INSERT INTO things (i, t, b) VALUES (?, ?, ?) RETURNING id", .integer(integer), .text(text), .blob(blob)
            ) { $0.integer(0) } ?? 0
          let isSame = try writer.first("SELECT i, t, b FROM things WHERE id = ?", .integer(row)) { row in
            row.integer(0) == integer && Array(row.text(1).utf8) == Array(text.utf8) && row.bytes(2) == blob && !row.isNull(2)
          }
          #expect(isSame == true, "\(integer) \(text.prefix(20)) \(blob.count)")
        }
      }
    }
    let last =
      try writer.first(
        "INSERT INTO things (i, t, b) VALUES (?, ?, ?) RETURNING id", .null, .utf8(Array("é".utf8)), .optional(nil as String?)
      ) { $0.integer(0) } ?? 0
    try writer.forEach("SELECT i, t, b FROM things WHERE id = ?", .integer(last)) { row in
      #expect(
        row.isNull(0) && row.optionalInteger(0) == nil && row.optionalText(1) == "é" && row.optionalBytes(2) == nil && row.bytes(2) == [])
      var buffer: [UInt8] = [1]
      row.append(1, to: &buffer)
      row.append(2, to: &buffer)
      #expect(buffer == [1] + Array("é".utf8))
    }
    #expect(last == Int64(texts.count * blobs.count * integers.count + 1))
  }

  @Test func `a query can be left in the middle, by return or by error, and run again`() throws {
    struct Enough: Error {}
    let store = try TemporaryDatabase()
    let database = try Database(path: store.path, access: .reader)
    for _ in 0..<3 {
      var seen = 0
      #expect(throws: Enough.self) {
        try database.forEach("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n") { row in
          seen += 1
          #expect(row.integer(0) == Int64(seen))
          if seen == 10 { throw Enough() }
        }
      }
      #expect(try database.first("SELECT 1") { $0.integer(0) } == 1)
      #expect(try database.first("SELECT 1 WHERE 0") { $0.integer(0) } == nil)
      #expect(try database.all("SELECT 1 UNION SELECT 2") { $0.integer(0) } == [1, 2])
    }
  }

  @Test func `an error has SQLite's message and the statement`() throws {
    let store = try TemporaryDatabase()
    let error = #expect(throws: StoreError.self) { try store.read { try $0.run("SELECT nothing FROM nowhere") } }
    #expect(error?.description.contains("nowhere") == true && error?.sql == "SELECT nothing FROM nowhere")
    let writer = try Database(path: store.path, access: .writer)
    let unique = #expect(throws: StoreError.self) { try writer.run("INSERT INTO meta VALUES ('epoch', 'x')") }
    #expect(unique?.isUniqueViolation == true && unique?.isBusy == false)
    let foreign = #expect(throws: StoreError.self) {
      try writer.run("INSERT INTO memberships (room_id, user_id, role, joined_at) VALUES (1, 1, 1, 0)")
    }
    #expect(foreign?.isUniqueViolation == false && foreign?.isCorruption == false)
  }

  @Test func `a snapshot shows one state during writes, and releases it at its end`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let reader = try Database(path: store.path, access: .reader)
    func count() throws -> Int64? { try reader.first("SELECT count(*) FROM users") { $0.integer(0) } }
    try reader.snapshot {
      #expect(try count() == 1)
      _ = try store.addUser("bob")
      #expect(try count() == 1)
    }
    #expect(try count() == 2)
    struct Oops: Error {}
    #expect(throws: Oops.self) {
      try reader.snapshot {
        _ = try count()
        throw Oops()
      }
    }
    _ = try store.addUser("carol")
    #expect(try count() == 3)
    #expect(alice.username == "alice")
  }

  @Test func `a reader is lent again after use, and eight threads have one each at once`() throws {
    let store = try TemporaryDatabase()
    let first = try store.read { ObjectIdentifier($0) }
    #expect(try store.read { ObjectIdentifier($0) } == first)
    let inside = Condition(0)
    let seen = Threads.run(8) { _ -> Bool in
      let answer = try? store.read { database in
        inside.update { $0 += 1 }
        // All eight hold a connection at the same time: none may be lent to two.
        let together: Bool? = inside.wait(milliseconds: 10_000) { $0 == 8 ? true : nil }
        return together == true ? try database.first("SELECT 7") { $0.integer(0) } : nil
      }
      return answer.flatMap { $0 } == 7
    }
    #expect(seen == [Bool](repeating: true, count: 8))
  }
}
