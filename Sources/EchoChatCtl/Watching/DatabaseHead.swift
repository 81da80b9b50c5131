// The first bytes of a database file.
import Posix
import Store

/// https://www.sqlite.org/fileformat.html, section 1.3.
enum DatabaseHead {
  private static let magic = Array("SQLite format 3\0".utf8)
  private static let bytes = 100
  private static let (userVersion, applicationID) = (60, 68)

  /// The schema's number; nil if the file cannot be read or is no database of EchoChat. In a process that has the database open this would
  /// take SQLite's locks away.
  static func schema(_ path: String) -> Int64? {
    guard let head = try? TextFile.head(path, count: bytes), head.count == bytes, head.starts(with: magic),
      number(head, at: applicationID) == Migrator.applicationID
    else { return nil }
    return number(head, at: userVersion)
  }

  private static func number(_ head: [UInt8], at offset: Int) -> Int64 { head[offset..<offset + 4].reduce(0) { $0 << 8 | Int64($1) } }
}
