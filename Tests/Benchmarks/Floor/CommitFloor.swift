// The floor of storing: SQLite alone, as durable as EchoChat, with a given number of rows per commit.
import CSQLite
import Glibc
import Posix

enum CommitFloor {
  /// About as long as the JSON of a message.
  private static let row = String(repeating: "words ", count: 64)
  /// The settings of EchoChat's writer. EchoChat checkpoints on a thread, after the same number of WAL pages; commits wait for it there,
  /// too.
  private static let settings = """
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;
    PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384;
    CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
    """

  /// An SQLite error with its message.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Stores rows for `seconds` and prints the result as one line of JSON; latencies are from commit to commit, in microseconds.
  static func run(file: String, rows: Int, seconds: Double) throws {
    var database: OpaquePointer?
    defer { sqlite3_close(database) }
    func check(_ code: Int32, _ what: String) throws {
      guard code != SQLITE_OK, code != SQLITE_DONE else { return }
      throw Failure(description: "\(what): \(database.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory")")
    }
    func run(_ sql: String) throws { try check(sqlite3_exec(database, sql, nil, nil, nil), sql) }
    try check(sqlite3_open(file, &database), file)
    try run(settings)
    var insert: OpaquePointer?
    try check(sqlite3_prepare_v2(database, "INSERT INTO messages (json) VALUES (?)", -1, &insert, nil), "prepare")
    defer { sqlite3_finalize(insert) }
    try check(echochat_bind_text(insert, 1, row, Int32(row.utf8.count)), "bind")

    var latencies: [Int64] = []
    let cpuBefore = cpuSeconds()
    let start = Clock.monotonicNanoseconds()
    let end = start + Int64(seconds * 1e9)
    var now = start
    while now < end {
      try run("BEGIN IMMEDIATE")
      for _ in 0..<rows {
        try check(sqlite3_step(insert), "insert")
        sqlite3_reset(insert)
      }
      try run("COMMIT")
      let before = now
      now = Clock.monotonicNanoseconds()
      latencies.append(now - before)
    }
    let commits = latencies.count
    latencies.sort()
    func rank(_ share: Double) -> Double { Double(latencies[max(0, Int((share * Double(commits)).rounded(.up)) - 1)]) / 1000 }
    print(
      """
      {"commits":\(commits),"rows":\(commits * rows),"seconds":\(Double(now - start) / 1e9),"cpu":\(cpuSeconds() - cpuBefore),\
      "p50":\(rank(0.5)),"p99":\(rank(0.99)),"p999":\(rank(0.999))}
      """)
  }

  private static func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
