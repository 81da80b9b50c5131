// The WAL is copied into the file, and nothing is lost.
import Domain
import Glibc
import Posix
import SQL
import TestSupport
import Testing

@Suite struct CheckpointerTests {
  private static let blobBytes = 8 << 10
  /// More than can be written before the checkpointer's first few turns; without it, some 500 MB of log, and no more.
  private static let blobsMax = 40_000

  private static func bytes(_ path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }

  /// Writes blobs until `isEnough` of their bytes and the largest that the log was; answers both, and how many there are.
  private static func write(
    _ store: TemporaryDatabase, until isEnough: (_ written: Int64, _ log: Int64) -> Bool
  ) throws -> (count: Int, written: Int64, log: Int64) {
    try store.write { try $0.database.runScript("CREATE TABLE blobs (id INTEGER PRIMARY KEY, b BLOB) STRICT") }
    var (count, written, log) = (0, Int64(0), Int64(0))
    while !isEnough(written, log), count < blobsMax {
      let number = count
      try store.write { try $0.database.run("INSERT INTO blobs (id, b) VALUES (?, ?)", .integer(Int64(number)), .blob(blob(number))) }
      count += 1
      written = Int64(count * blobBytes)
      log = max(log, bytes(store.path + "-wal"))
    }
    return (count, written, log)
  }

  private static func blob(_ id: Int) -> [UInt8] { [UInt8](repeating: UInt8(truncatingIfNeeded: id), count: blobBytes) }

  @Test func `without a checkpointer the WAL holds everything that was ever written`() throws {
    let store = try TemporaryDatabase()
    let (_, written, log) = try Self.write(store) { written, _ in written > 8 << 20 }
    #expect(log > written)
  }

  @Test func `with a checkpointer the WAL starts again during writes, and every row is there`() throws {
    let store = try TemporaryDatabase()
    let checkpointer = try Checkpointer(path: store.path)
    let (count, written, log) = try Self.write(store) { written, log in written > 8 << 20 && written > 2 * log }
    checkpointer.stop()
    #expect(written > 2 * log, "of \(written) bytes that were written, the log held \(log) at once")
    let database = try Database(path: store.path, access: .reader)
    var (seen, wrong) = (0, 0)
    try database.forEach("SELECT id, b FROM blobs ORDER BY id") { row in
      if row.integer(0) != Int64(seen) || row.bytes(1) != Self.blob(seen) { wrong += 1 }
      seen += 1
    }
    #expect(seen == count && wrong == 0)
    #expect(try store.damages() == [])
  }

  @Test func `a stand-in checkpointer leaves a small WAL alone, and stops`() throws {
    let store = try TemporaryDatabase()
    let before = Self.bytes(store.path)
    let checkpointer = try Checkpointer(path: store.path, walBytesMin: 1 << 40)
    _ = try Self.write(store) { written, _ in written > 1 << 20 }
    checkpointer.stop()
    #expect(Self.bytes(store.path) == before)
  }
}
