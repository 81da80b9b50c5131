// Starts on a data directory: who may, and what becomes of cursors when the database was put back.
import Configuration
import Domain
import Glibc
import Posix
import SQL
import Store
import TestSupport
import Testing

@testable import Chat

@Suite struct DataDirectoryAccessTests {
  private let directory = TemporaryDirectory()

  private var settings: Settings {
    var settings = Settings()
    settings.data = directory.path
    return settings
  }
  private var path: String { settings.databasePath }

  private func open(_ role: DataDirectoryLock.Role = .command) throws -> DataDirectoryAccess { try DataDirectoryAccess(settings, as: role) }

  /// Opens, appends events, and closes cleanly. Returns the cursor of the newest event.
  @discardableResult
  private func run(appending count: Int) throws -> Cursor {
    let access = try open()
    let database = try Database(path: path, access: .writer)
    try database.writing {
      let transaction = Transaction(database, now: Timestamp(milliseconds: 0))
      for _ in 0..<count { try Journal.append(.userUpdated, by: .server, data: Array("{}".utf8), at: transaction.now, transaction) }
    }
    let cursor = access.history.cursor(at: try Journal.lastPosition(database))
    database.close()
    access.settle()
    return cursor
  }

  /// The position at which a client resumes by the rules; nil if it must load its state anew.
  private func resumed(_ cursor: Cursor, _ access: DataDirectoryAccess) throws -> Int64? {
    let database = try Database(path: path, access: .reader)
    defer { database.close() }
    guard let position = access.history.position(of: cursor), try position <= Journal.lastPosition(database),
      try position >= Meta.journalFloor(database)
    else { return nil }
    return position
  }

  private func copy(_ from: String, _ to: String) throws {
    TemporaryDirectory.write(Array(try TextFile.bytes(from)), to: to)
  }

  // MARK: The lock

  @Test(arguments: [DataDirectoryLock.Role.push, .serve])
  func `of an exclusive role there is one holder, and a second one is told which`(role: DataDirectoryLock.Role) throws {
    do {
      let access = try open(role)
      let error = #expect(throws: DataDirectoryLock.InUse.self) { _ = try open(role) }
      #expect(error?.description.contains("\(getpid())") == true && error?.description.contains(settings.lockPath) == true)
      _ = try open(.rest)
      _ = try open(.rest)
      _ = access
    }
    _ = try open(role)
  }

  // MARK: Tags

  @Test func `each first start draws a tag, and one that joins others draws none`() throws {
    let first = try run(appending: 3)
    let access = try open()
    #expect(access.history.sections.count == 2 && access.history.position(of: first) == 3)
    let joined = try open(.rest)
    #expect(joined.history == access.history && joined.epoch == access.epoch)
    let tags = access.history.sections.map(\.tag)
    #expect(tags[0] != tags[1] && tags.allSatisfy { (1..<Cursor.tags).contains($0) })
  }

  @Test func `starts without events in between leave one section`() throws {
    for _ in 0..<5 { try run(appending: 0) }
    #expect(try open().history.sections.count == 1)
  }

  // MARK: The boot

  @Test func `the kernel names the boot, and where that is hidden those who use the data together agree`() throws {
    let kernels = try #require(Clock.bootID())
    #expect(try open().boot == kernels)
    var drawn: Set<String> = []
    for _ in 0..<2 {
      let first = try DataDirectoryAccess(settings, as: .push, bootID: nil)
      #expect(first.boot != kernels)
      #expect(try DataDirectoryAccess(settings, as: .rest, bootID: nil).boot == first.boot)
      #expect(try open(.rest).boot == first.boot, "also with one that may read the kernel's")
      drawn.insert(first.boot)
    }
    #expect(drawn.count == 2, "nobody used the data in between")
    let first = try open(.push)
    let joined = try withExtendedLifetime(first) { try DataDirectoryAccess(settings, as: .rest, bootID: nil).boot }
    #expect(joined == kernels)
  }

  @Test func `a restart where the boot is hidden goes on with the same history`() throws {
    let epoch = try open().epoch
    for bootID in [nil, "b1", nil] { #expect(try DataDirectoryAccess(settings, as: .command, bootID: bootID).epoch == epoch) }
  }

  // MARK: A database that was put back

  @Test func `a clean restart goes on with the same history`() throws {
    let cursor = try run(appending: 10)
    let epoch = try open().epoch
    let access = try open()
    #expect(access.epoch == epoch)
    #expect(try resumed(cursor, access) == 10)
    #expect(access.history.cursor(at: 11).value > cursor.value)
  }

  @Test(arguments: ["written over the file", "moved into its place", "VACUUM INTO", "identity deleted", "file recreated"])
  func `a database that was put back resumes no earlier cursor, now and after the log has grown past it`(way: String) throws {
    let early = try run(appending: 5)
    let epoch = try open().epoch
    switch way {
    case "VACUUM INTO":
      let database = try Database(path: path, access: .writer)
      try database.runScript("VACUUM INTO '\(path).copy'")
      database.close()
    default: try copy(path, path + ".copy")
    }
    let late = try run(appending: 5)
    switch way {
    case "written over the file": try copy(path + ".copy", path)
    case "identity deleted": unlink(settings.identityPath)
    case "file recreated":
      unlink(path)
      unlink(settings.identityPath + "~")
    default: rename(path + ".copy", path)
    }

    let access = try open()
    #expect(access.epoch != epoch)
    for cursor in [early, late] { #expect(try resumed(cursor, access) == nil) }
    #expect(access.history.cursor(at: 1_000_000_005).value > late.value)
    access.settle()
    let newest = try run(appending: 20)
    #expect(newest.position > HistorySections.jump)
    let later = try open()
    for cursor in [early, late] { #expect(try resumed(cursor, later) == nil) }
    #expect(try resumed(newest, later) == newest.position, "it is put back once, not at each start")
  }

  @Test func `after a whole directory was put back, cursors of events that it lacks are of another history`() throws {
    let before = try run(appending: 5)
    try copy(path, path + ".copy")
    try copy(settings.identityPath, settings.identityPath + ".copy")
    let lost = [try run(appending: 3), try run(appending: 3)]
    try copy(path + ".copy", path)
    try copy(settings.identityPath + ".copy", settings.identityPath)
    try run(appending: 10)
    let access = try open()
    #expect(access.history.sections.count >= 2, "no file tells that anything happened")
    #expect(try resumed(before, access) == before.position)
    // One tag in 8,191 is drawn again.
    for cursor in lost where !access.history.sections.contains(where: { $0.tag == cursor.tag }) {
      #expect(try resumed(cursor, access) == nil)
    }
  }

  @Test func `the log of a file that was replaced is not applied to the next one, and is kept`() throws {
    try run(appending: 5)
    try copy(path, path + ".copy")
    // A program that is killed leaves its log.
    let access = try open()
    let database = try Database(path: path, access: .writer)
    try database.writing {
      let transaction = Transaction(database, now: Timestamp(milliseconds: 0))
      for _ in 0..<5 { try Journal.append(.userUpdated, by: .server, data: Array("{}".utf8), at: transaction.now, transaction) }
    }
    rename(path + ".copy", path)
    #expect(!access.isCurrent)
    #expect(try access.difference() != nil)
    let next = try DataDirectoryAccess(settings, as: .command)
    #expect(next.epoch != access.epoch && Glibc.access(path + "-wal.replaced", F_OK) == 0)
    let found = try Database(path: path, access: .reader)
    #expect(try found.first("SELECT count(*) FROM journal") { $0.integer(0) } == 5)
    #expect(try found.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
  }

  // MARK: While running

  @Test func `the daemon writes down the position that it has seen, the others do not`() throws {
    for (role, expected) in [(DataDirectoryLock.Role.rest, Int64(0)), (.push, 2)] {
      let access = try open(role)
      let database = try Database(path: path, access: .writer)
      try database.writing {
        let transaction = Transaction(database, now: Timestamp(milliseconds: 0))
        try Journal.append(.userUpdated, by: .server, data: Array("{}".utf8), at: transaction.now, transaction)
      }
      #expect(try access.difference() == nil)
      #expect(HistoryIdentity(text: try TextFile.read(settings.identityPath))?.position == expected)
      database.close()
    }
  }

  @Test func `a database that is written over while running has lost its history`() throws {
    try run(appending: 5)
    try copy(path, path + ".copy")
    try run(appending: 5)
    let access = try open()
    #expect(try access.difference() == nil)
    try copy(path + ".copy", path)
    #expect(access.isCurrent, "it is the same file")
    #expect(try access.difference()?.contains("position 5") == true)
  }

  @Test func `the last program to close leaves one file without a log`() throws {
    let (one, two) = (try open(.push), try open(.rest))
    let database = try Database(path: path, access: .writer)
    try database.run("INSERT INTO meta (name, value) VALUES ('x', 'y')")
    database.close()
    one.settle()
    #expect(access(path + "-wal", F_OK) == 0, "the other one still has it open")
    two.settle()
    #expect(access(path + "-wal", F_OK) != 0 && access(path + "-shm", F_OK) != 0)
  }
}
