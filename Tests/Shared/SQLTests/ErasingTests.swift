// What was deleted is in no file any more.
import Glibc
import SQL
import TestSupport
import Testing

@Suite struct ErasingTests {
  private let directory = TemporaryDirectory()
  private var path: String { directory.path + "/a.db" }

  /// How often a text is in the file and its WAL.
  private func occurrences(of text: String) -> Int {
    [path, path + "-wal"].reduce(0) { total, path in
      let file = open(path, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { return total }
      defer { close(file) }
      var status = stat()
      fstat(file, &status)
      var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
      guard read(file, &bytes, bytes.count) == bytes.count else { return total }
      let wanted = Array(text.utf8)
      var found = 0
      for start in 0..<max(0, bytes.count - wanted.count) where bytes[start] == wanted[0] && bytes[start + 1] == wanted[1] {
        if bytes[start..<start + wanted.count].elementsEqual(wanted) { found += 1 }
      }
      return total + found
    }
  }

  /// Rows of fifty rooms in turn, as messages are stored: pages are split in their middle, and rows move from page to page.
  @Test func `rows that had moved between pages and were deleted are in no file, and all others are`() throws {
    let holder = try Database(path: path, access: .writer)
    let copier = try Database(path: path, access: .indexer)
    try holder.runScript("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT")
    var random = SplitMix(seed: 1)
    var numbers = [Int64](repeating: 0, count: 50)
    for batch in 0..<60 {
      try holder.writing {
        for row in 0..<100 {
          let room = Int.random(in: 0..<50, using: &random)
          numbers[room] += 1
          let filler = String(repeating: "x", count: Int.random(in: 50...900, using: &random))
          let text =
            "\(UInt32.random(in: 0...UInt32.max, using: &random)) \(row % 5 == 0 ? "zzgonezz" : "zzkeptzz") \(batch) \(row) \(filler)"
          try holder.run("INSERT INTO rows (id, text) VALUES (?, ?)", .integer(Int64(room) << 32 | numbers[room]), .text(text))
        }
      }
      if batch % 6 == 0 { _ = try Checkpointer.checkpoint(holder, copier) }
    }
    #expect(occurrences(of: "zzgonezz") >= 1200)
    try holder.writing { _ = try holder.run("DELETE FROM rows WHERE text LIKE '%zzgonezz%'") }
    #expect(try Checkpointer.eraseLog(holder, copier))
    #expect(occurrences(of: "zzgonezz") == 0)
    #expect(occurrences(of: "zzkeptzz") >= 4800)
    #expect(try holder.all("PRAGMA integrity_check") { $0.text(0) } == ["ok"])
    #expect(try holder.first("SELECT count(*) FROM rows WHERE text LIKE '%zzkeptzz%'") { $0.integer(0) } == 4800)
  }

  @Test func `while a reader needs the WAL it is not erased, and afterwards it is`() throws {
    let holder = try Database(path: path, access: .writer)
    let copier = try Database(path: path, access: .writer)
    try holder.runScript(
      "CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT; INSERT INTO rows (text) VALUES ('zzgonezz')")
    let reader = try Database(path: path, access: .reader)
    try reader.snapshot {
      #expect(try reader.first("SELECT text FROM rows") { $0.text(0) } == "zzgonezz")
      try holder.run("DELETE FROM rows")
      #expect(try !Checkpointer.eraseLog(holder, copier))
      #expect(try reader.first("SELECT text FROM rows") { $0.text(0) } == "zzgonezz")
    }
    #expect(try Checkpointer.eraseLog(holder, copier))
    #expect(occurrences(of: "zzgonezz") == 0)
  }
}
