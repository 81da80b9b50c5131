// The floor of storing: SQLite alone, as durable as EchoChat's, some rows a commit.
import CSQLite
import Glibc
import Posix

enum CommitFloor {
  /// About as long as a message's JSON is.
  private static let row = String(repeating: "words ", count: 64)

  /// Stores for so many seconds and says in one line of JSON what came of it. Answers an exit status.
  static func run(file: String, rows: Int, seconds: Double) -> Int32 {
    var database: OpaquePointer?
    guard sqlite3_open(file, &database) == SQLITE_OK else { return 1 }
    defer { sqlite3_close(database) }
    func run(_ sql: String) -> Bool { sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK }
    guard run("PRAGMA journal_mode = WAL"), run("PRAGMA synchronous = FULL"),
      run("CREATE TABLE messages (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT")
    else { return 1 }
    var insert: OpaquePointer?
    sqlite3_prepare_v2(database, "INSERT INTO messages (json) VALUES (?)", -1, &insert, nil)
    defer { sqlite3_finalize(insert) }
    echochat_bind_text(insert, 1, row, Int32(row.utf8.count))

    var times: [Int64] = []
    let start = Clock.monotonicNanoseconds()
    let end = start + Int64(seconds * 1e9)
    var now = start
    while now < end {
      guard run("BEGIN IMMEDIATE") else { return 1 }
      for _ in 0..<rows {
        guard sqlite3_step(insert) == SQLITE_DONE else { return 1 }
        sqlite3_reset(insert)
      }
      guard run("COMMIT") else { return 1 }
      let before = now
      now = Clock.monotonicNanoseconds()
      times.append(now - before)
    }
    times.sort()
    func percentile(_ share: Double) -> Double { Double(times[min(times.count - 1, Int(share * Double(times.count)))]) / 1000 }
    print(
      """
      {"commits":\(times.count),"rows":\(times.count * rows),"seconds":\(Double(now - start) / 1e9),"cpu":\(cpuSeconds()),\
      "p50":\(percentile(0.5)),"p99":\(percentile(0.99)),"p999":\(percentile(0.999))}
      """)
    return 0
  }

  private static func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
