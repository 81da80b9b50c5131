// The SQL of the tables is SQL that a second engine understands: what only SQLite knows is in SQL/SQLite and in the schema.
import Glibc
import TestSupport
import Testing

@Suite struct DialectTests {
  /// What PostgreSQL does not take, or takes to mean something else.
  private static let forbidden = [
    "json_set", "json_extract", "json(", "insert or ", "replace into", "iif(", "last_insert_rowid", "sqlite_", "char(", "ifnull(", "pragma",
    "on conflict do", "on conflict update", "lastinsertedrow", "total_changes", "is not ?",
  ]

  private static func text(of path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var (bytes, portion) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while case let count = read(file, &portion, portion.count), count > 0 { bytes += portion[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func violations(in text: String) -> [String] {
    text.split(separator: "\n").filter { line in
      let code = line.drop { $0 == " " }
      return !code.hasPrefix("//") && forbidden.contains { code.lowercased().contains($0) }
    }.map(String.init)
  }

  @Test func `no table uses what only SQLite understands`() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    var files = 0
    for folder in ["Tables", "Scans"] {
      let path = "\(root)/Sources/Shared/Store/\(folder)"
      for name in TemporaryDirectory.names(in: path) where name.hasSuffix(".swift") {
        files += 1
        let found = Self.violations(in: Self.text(of: "\(path)/\(name)"))
        #expect(found == [], "\(name)")
      }
    }
    #expect(files > 20)
  }

  @Test func `the check finds what it is to find`() {
    #expect(Self.violations(in: "  \"INSERT OR REPLACE INTO meta VALUES (1)\"\n  // iif(\n  let x = 1").count == 1)
    #expect(Self.violations(in: "SELECT json_set(data, '$.user', 1)\n… ON CONFLICT DO NOTHING\nSELECT seq FROM sqlite_sequence").count == 3)
  }
}
