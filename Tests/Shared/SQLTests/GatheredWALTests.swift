// Frames wait in memory on their way to the WAL, but never those of a finished commit.
import Domain
import Glibc
import Posix
import SQL
import TestSupport
import Testing

@Suite struct GatheredWALTests {
  private static func bytes(of path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var (bytes, portion) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while case let count = read(file, &portion, portion.count), count > 0 { bytes += portion[..<count] }
    return bytes
  }

  /// How many rows would be there had the machine stopped now, and the sum of their numbers and lengths: those of the files, without the memory that connections share.
  private static func survivors(of store: TemporaryDatabase) throws -> [Int64] {
    let elsewhere = TemporaryDirectory()
    for suffix in ["", "-wal"] { TemporaryDirectory.write(bytes(of: store.path + suffix), to: elsewhere.path + "/copy.db" + suffix) }
    let database = try Database(path: elsewhere.path + "/copy.db", access: .reader)
    return try database.first("SELECT count(*), total(id + length(b)) FROM blobs") { [$0.integer(0), $0.integer(1)] } ?? []
  }

  private static func insert(_ id: Int64, bytes: Int, _ database: Database) throws {
    try database.run("INSERT INTO blobs (id, b) VALUES (?, ?)", .integer(id), .blob([UInt8](repeating: 7, count: bytes)))
  }

  @Test func `a commit is in the files, be it one page, more than one write, or more than the cache`() throws {
    let store = try TemporaryDatabase()
    let writer = try Database(path: store.path, access: .writer)
    try writer.runScript("CREATE TABLE blobs (id INTEGER PRIMARY KEY, b BLOB) STRICT")
    var (count, sum): (Int64, Int64) = (0, 0)
    // A page, the 31 pages of one write and those around them, more than the cache of 16 MiB.
    for (rows, bytes) in [(1, 10), (1, 100_000), (1, 118_000), (1, 130_000), (300, 1000), (24, 1 << 20), (1, 10)] {
      try writer.run("BEGIN IMMEDIATE")
      for _ in 0..<rows {
        count += 1
        sum += count + Int64(bytes)
        try Self.insert(count, bytes: bytes, writer)
      }
      // The writer reads what it has not handed to anybody yet; others do not.
      #expect(try writer.first("SELECT count(*) FROM blobs WHERE substr(b, -1) = x'07'") { $0.integer(0) } == count)
      #expect(try store.read { try $0.first("SELECT count(*) FROM blobs") { $0.integer(0) } } == count - Int64(rows))
      try writer.run("COMMIT")
      #expect(try store.read { try $0.first("SELECT total(id + length(b)) FROM blobs") { $0.integer(0) } } == sum)
      #expect(try Self.survivors(of: store) == [count, sum])
    }
    #expect(try store.damages() == [])
  }

  @Test func `a rollback leaves nothing behind, be it of less or more than the cache`() throws {
    let store = try TemporaryDatabase()
    let writer = try Database(path: store.path, access: .writer)
    try writer.runScript("CREATE TABLE blobs (id INTEGER PRIMARY KEY, b BLOB) STRICT")
    var count: Int64 = 0
    for bytes in [10, 200_000, 20 << 20, 10, 20 << 20, 200_000] {
      try writer.run("BEGIN IMMEDIATE")
      try Self.insert(-1, bytes: bytes, writer)
      try writer.run("ROLLBACK")
      count += 1
      try Self.insert(count, bytes: 10, writer)
      #expect(try Self.survivors(of: store).first == count)
    }
    #expect(try store.damages() == [])
  }

  @Test(arguments: [false, true])
  func `what one program takes back is not written over what another commits in its place`(byLeaving: Bool) throws {
    let store = try TemporaryDatabase()
    var careless: Database? = try Database(path: store.path, access: .writer)
    let other = try Database(path: store.path, access: .writer)
    try other.runScript("CREATE TABLE blobs (id INTEGER PRIMARY KEY, b BLOB) STRICT")
    // All of the log is in the file, so that taking back need not read in it.
    _ = try other.first("PRAGMA wal_checkpoint(PASSIVE)") { $0.integer(0) }
    // More than the cache.
    try careless?.run("BEGIN IMMEDIATE")
    if let careless { try Self.insert(-1, bytes: 20 << 20, careless) }
    try careless?.run("ROLLBACK")
    for id in Int64(1)...24 { try Self.insert(id, bytes: 1 << 20, other) }
    if byLeaving { careless = nil }
    let sum: Int64 = 24 * 25 / 2 + 24 << 20
    #expect(try (careless ?? other).first("SELECT total(id + length(b)) FROM blobs") { $0.integer(0) } == sum)
    #expect(try Self.survivors(of: store) == [24, sum])
    #expect(try store.damages() == [])
  }

  @Test func `pages that change twice in one transaction of more than the cache are stored as they are last`() throws {
    let store = try TemporaryDatabase()
    let writer = try Database(path: store.path, access: .writer)
    try writer.runScript("CREATE TABLE blobs (id INTEGER PRIMARY KEY, b BLOB) STRICT")
    let count: Int64 = 24 << 10
    try writer.run("BEGIN IMMEDIATE")
    for id in 1...count { try Self.insert(id, bytes: 1000, writer) }
    try writer.run("UPDATE blobs SET b = zeroblob(1001)")
    try writer.run("COMMIT")
    #expect(try Self.survivors(of: store) == [count, count * (count + 1) / 2 + count * 1001])
    #expect(try store.read { try $0.first("SELECT count(*) FROM blobs WHERE b = zeroblob(1001)") { $0.integer(0) } } == count)
    #expect(try store.damages() == [])
  }

  @Test func `two programs write in turns, the WAL starts again between them, and each sees all of the other's rows`() throws {
    let store = try TemporaryDatabase()
    let writers = try [Database(path: store.path, access: .writer), Database(path: store.path, access: .writer)]
    let checkpointer = try Checkpointer(path: store.path)
    try writers[0].runScript("CREATE TABLE blobs (id INTEGER PRIMARY KEY, b BLOB) STRICT")
    var random = SplitMix(seed: 11)
    var sum: Int64 = 0
    for id in Int64(1)...2000 {
      let bytes = Int(random.next() % (id % 50 == 0 ? 400_000 : 3000))
      sum += id + Int64(bytes)
      try Self.insert(id, bytes: bytes, writers[Int(id % 2)])
      #expect(try writers[Int((id + 1) % 2)].first("SELECT max(id) FROM blobs") { $0.integer(0) } == id)
    }
    checkpointer.stop()
    #expect(try Self.survivors(of: store) == [2000, sum])
    #expect(try store.damages() == [])
  }
}
