// How a database comes to the schema of the program.
import Posix
import SQL
import Store
import TestSupport
import Testing

@Suite struct MigratorTests {
  private let directory = TemporaryDirectory()
  private var path: String { directory.path + "/echochat.db" }

  @Test func `a new database gets the whole schema, and doing it again changes nothing`() throws {
    #expect(try Migrator.migrate(path: path, epoch: "first") == 0)
    let before = try dump()
    #expect(before.count > 15)
    #expect(try Migrator.migrate(path: path, epoch: "second") == Int64(Migrator.version))
    #expect(try dump() == before)
    let database = try Database(path: path, access: .reader)
    #expect(try Meta.epoch(database) == "first")
    #expect(try Meta.journalFloor(database) == 0)
    #expect(try Migrator.schema(of: database) == Int64(Migrator.version))
    #expect(try Journal.lastPosition(database) == 0)
  }

  @Test func `a database of a newer program is refused and left as it is`() throws {
    try Migrator.migrate(path: path, epoch: "e")
    try Database(path: path, access: .writer).runScript("PRAGMA user_version = \(Migrator.version + 1)")
    let error = #expect(throws: Migrator.Failure.self) { try Migrator.migrate(path: path, epoch: "e") }
    #expect(error?.description.contains("schema \(Migrator.version + 1)") == true)
  }

  @Test func `somebody else's database is refused`() throws {
    try Database(path: path, access: .writer).runScript("CREATE TABLE theirs (x); PRAGMA application_id = 77")
    let error = #expect(throws: Migrator.Failure.self) { try Migrator.migrate(path: path, epoch: "e") }
    #expect(error?.description.contains("77") == true)
    #expect(try tables() == ["theirs"])
  }

  @Test func `somebody else's database is refused also without an application id`() throws {
    try Database(path: path, access: .writer).runScript("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)")
    #expect(throws: Migrator.Failure.self) { try Migrator.migrate(path: path, epoch: "e") }
    #expect(try tables() == ["theirs"])
  }

  @Test func `a file that is no database is refused and left as it is`() throws {
    TemporaryDirectory.write(Array("this is a letter to a friend, and long enough to look like something".utf8), to: path)
    let error = #expect(throws: StoreError.self) { try Migrator.migrate(path: path, epoch: "e") }
    #expect(error?.isCorruption == true)
  }

  @Test(arguments: 1...5)
  func `eight programs that start at once find one schema and one epoch`(round: Int) throws {
    let path = path
    let outcomes = Threads.run(8) { thread -> String? in
      do {
        try Migrator.migrate(path: path, epoch: "epoch\(thread)")
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(outcomes.compactMap { $0 } == [])
    let database = try Database(path: path, access: .reader)
    #expect(try database.first("SELECT count(*) FROM meta WHERE name = 'epoch'") { $0.integer(0) } == 1)
    #expect(try Meta.epoch(database).hasPrefix("epoch"))
    #expect(try database.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
  }

  @Test func `the error names a missing directory`() {
    let error = #expect(throws: StoreError.self) { try Migrator.migrate(path: "/nowhere/at/all.db", epoch: "e") }
    #expect(error?.description.contains("/nowhere/at/all.db") == true)
  }

  private func tables() throws -> [String] {
    try Database(path: path, access: .reader).all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") { $0.text(0) }
  }

  private func dump() throws -> [String] {
    try Database(path: path, access: .reader).all("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name") { $0.text(0) }
  }
}
