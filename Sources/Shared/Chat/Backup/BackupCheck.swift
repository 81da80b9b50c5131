// Verifies a backup: whether it is whole, and would make a whole data directory.
import Domain
import Glibc
import Posix
import SQL
import Store

/// A backup that was looked through.
public struct BackupCheck: Sendable {
  static let databaseName = "echochat.db"

  /// Nil if it cannot be read.
  public let manifest: BackupManifest?
  /// One for each thing that was checked.
  public let lines: [CheckLine]

  /// Whether nothing is wrong.
  public var isWhole: Bool { lines.allSatisfy(\.faults.isEmpty) }

  /// Reads all of a backup. Changes nothing and makes no file in it. Throws `Migrator.Failure` and `StoreError` for a database that is none of
  /// ours although the manifest says so.
  public init(ofBackupAt path: String) throws {
    let manifest: BackupManifest
    do {
      manifest = try BackupManifest.read(ofBackupAt: path)
    } catch {
      self.init(manifest: nil, lines: [CheckLine("manifest", ["\(path)/\(BackupManifest.fileName): \(error)"])])
      return
    }
    let names = Set(manifest.files.map(\.name))
    var faults = Self.names(in: path).filter { !names.contains($0) && $0 != BackupManifest.fileName }.sorted().map {
      "\($0) is in the backup and not in the manifest"
    }
    for entry in manifest.files {
      do {
        let found = try content(of: "\(path)/\(entry.name)")
        if found != (entry.size, entry.sha256) { faults.append("\(entry.name) is not as it was when the backup was made") }
      } catch {
        faults.append("\(entry.name): \(error)")
      }
    }
    let whole = CheckLine("manifest", faults, note: "\(manifest.files.count) files, \(manifest.bytes) bytes")
    // What has changed says nothing, and SQLite need not see it.
    guard faults.isEmpty else {
      self.init(manifest: manifest, lines: [whole])
      return
    }
    guard manifest.schema <= Migrator.version else {
      let fault = "it has schema \(manifest.schema), and this program knows \(Migrator.version): use the newer EchoChat"
      self.init(manifest: manifest, lines: [whole, CheckLine("schema", [fault])])
      return
    }
    let database = try Self.checkedDatabase(ofBackupAt: path)
    self.init(manifest: manifest, lines: [whole] + Self.lines(database, manifest))
  }

  private init(manifest: BackupManifest?, lines: [CheckLine]) {
    (self.manifest, self.lines) = (manifest, lines)
  }

  static func checkedDatabase(ofBackupAt path: String) throws -> CheckedDatabase {
    let database = try Database(path: "\(path)/\(databaseName)", access: .unchanging)
    defer { database.close() }
    return try CheckedDatabase(database)
  }

  /// Whether the manifest, the rows and the files say the same.
  static func lines(_ database: CheckedDatabase, _ manifest: BackupManifest) -> [CheckLine] {
    let missing = Set(manifest.missing)
    var wanted = Set(database.files.keys.map { "files/" + $0 })
    var faults: [String] = []
    for entry in manifest.files where entry.name.hasPrefix("files/") {
      let path = String(entry.name.dropFirst("files/".count))
      guard let row = database.files[path] else {
        faults.append("\(entry.name) belongs to nothing in the database")
        continue
      }
      wanted.remove(entry.name)
      if let fault = CheckedDatabase.fault(path, row, (entry.size, entry.sha256)) { faults.append(fault) }
    }
    faults += wanted.subtracting(missing).sorted().map { "\($0) is missing" }
    if database.schema != manifest.schema { faults.append("the database has schema \(database.schema)") }
    let note = manifest.missing.isEmpty ? nil : "\(manifest.missing.count) were lost before it was made, such as \(manifest.missing[0])"
    return database.lines + [CheckLine("files", faults, note: note)]
  }

  /// The paths of all that is in a directory but directories.
  static func names(in directory: String) -> [String] {
    var names: [String] = []
    func walk(_ below: String) {
      for name in fileNames(in: directory + below) {
        var status = stat()
        guard lstat("\(directory)\(below)/\(name)", &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR { walk("\(below)/\(name)") } else { names.append(String("\(below)/\(name)".dropFirst())) }
      }
    }
    walk("")
    return names
  }
}
