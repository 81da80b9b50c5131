// The rules that the database of a backup, or that of a data directory, must keep with the files beside it.
import Auth
import Domain
import Posix
import SQL
import Store

/// A database that is open for a check.
struct CheckedDatabase {
  let schema: Int
  let counts: BackupManifest.Counts
  let lines: [CheckLine]
  /// What the rows of files say, by the paths below the directory of files.
  let files: [String: FileRow]

  /// A file that must be there. Size and hash are nil for what was made of the upload.
  struct FileRow {
    let id: PublicID
    let content: (size: Int64, sha256: String)?
  }

  /// Reads everything in one snapshot. Throws `Migrator.Failure` for a foreign database and one of a newer schema, and `StoreError` if it
  /// cannot even be read.
  init(_ database: Database) throws {
    (schema, counts, lines, files) = try database.snapshot {
      let schema = Int(try Migrator.schema(of: database))
      let lines = DatabaseCheck.faults(in: database, schema: schema).map { CheckLine($0.name, $0.faults) }
      // What is damaged is told, not read.
      guard lines.first?.faults.isEmpty ?? true else { return (schema, .init(users: 0, rooms: 0, messages: 0, files: 0), lines, [:]) }
      let files = schema < Files.schema ? [:] : try Self.fileRows(database)
      let counts = try BackupManifest.Counts(
        users: Self.count("SELECT count(*) FROM users", database), rooms: Self.count("SELECT count(*) FROM rooms", database),
        messages: DatabaseCheck.messages(in: database, schema: schema), files: Int64(files.count))
      return (schema, counts, lines, files)
    }
  }

  private static func count(_ sql: Statement, _ database: Database) throws -> Int64 {
    try database.first(sql) { $0.integer(0) } ?? 0
  }

  static func fileRows(_ database: Database) throws -> [String: FileRow] {
    var rows: [String: FileRow] = [:]
    try Files.forEachStored(database) { file in
      for variant in FileStore.variants(of: file) {
        let content = variant == .original ? (file.size, Digest.hex(file.sha256)) : nil
        rows[FileStore.relativePath(of: file.id, variant)] = FileRow(id: file.id, content: content)
      }
    }
    return rows
  }

  /// What is wrong with a file whose content is this.
  static func fault(_ path: String, _ row: FileRow, _ found: (size: Int64, sha256: String)) -> String? {
    guard let content = row.content else { return nil }
    if found.size != content.size { return "files/\(path) has \(found.size) bytes instead of \(content.size)" }
    return found.sha256 == content.sha256 ? nil : "files/\(path) has other bytes than were uploaded"
  }
}

/// The size and the SHA-256 of a file. Throws `Errno`.
func content(of path: String) throws -> (size: Int64, sha256: String) {
  let (hash, file) = (SHA256(), try ReadableFile(path))
  var size: Int64 = 0
  try file.forEachChunk { chunk in
    hash.update(chunk)
    size += Int64(chunk.count)
  }
  return (size, Digest.hex(hash.finish()))
}
