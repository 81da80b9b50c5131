// Makes a backup of a data directory, beside the programs that use it.
import Auth
public import Configuration
import Domain
import Glibc
import Posix
import SQL
import Store

/// A backup that was made: `DIRECTORY/echochat-2026-11-29T0300Z` with `echochat.db`, `files`, `keys` and `manifest.json`. Nobody waits for it:
/// the copy of the database is made from a snapshot, and what is uploaded or deleted meanwhile is as it is in that. See
/// Sources/Decisions/0024.
public struct Backup: Sendable {
  /// Why a backup is not made, in a sentence for the operator.
  public struct NotMade: Error, CustomStringConvertible {
    public let description: String
  }

  public let path: String
  public let manifest: BackupManifest
  /// Keeps other programs out until older backups are removed.
  private let directory: BackupDirectory

  /// Bytes that a backup leaves free on its disk.
  private static let spareBytes: Int64 = 16 << 20
  private static let start = "echochat-"
  /// How often the database is copied for one backup.
  private static let copiesMax = 10

  /// Backs up into a directory, which must be there, and removes what backups that were cut short have left in it. As long as the result lives
  /// no other backup is made there. Throws errors for the operator; then nothing of it is left.
  public static func make(_ settings: Settings, in directory: String, withKeys: Bool) throws -> Backup {
    try checkUsable(directory)
    guard let place = try BackupDirectory(directory) else {
      throw NotMade(description: "another backup is being made in \(directory): run this again when that is done")
    }
    let access = try DataDirectoryAccess(settings, as: .command)
    defer { access.settle() }
    // Without the policy of the programs: what fails may be the disk of the backup, and there is something to tidy up.
    let database = try Database(path: settings.databasePath, access: .writer)
    defer { database.close() }
    do {
      try IncompleteBackup.removeLeftovers(in: place)
      try checkRoom(database, directory)
      let site = try siteName(database)
      let incomplete = try IncompleteBackup(in: place)
      do {
        let (path, manifest) = try fill(incomplete, settings, database, site: site, withKeys: withKeys)
        return Backup(path: path, manifest: manifest, directory: place)
      } catch {
        try? incomplete.discard()
        throw error
      }
    } catch let error as NotMade {
      throw error
    } catch {
      let isFull = (error as? StoreError)?.meaning == .full || (error as? Errno)?.code == ENOSPC
      throw NotMade(description: isFull ? "the disk of \(directory) is full" : "there is no backup in \(directory): \(error)")
    }
  }

  private static func checkUsable(_ directory: String) throws {
    var status = stat()
    guard stat(directory, &status) == 0 else { throw NotMade(description: "\(Errno(directory)): make the directory first") }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw NotMade(description: "\(directory) is no directory") }
    guard access(directory, R_OK | W_OK | X_OK) == 0 else {
      let user = ServiceUser.currentName
      throw NotMade(
        description:
          "the user \(user) cannot write to \(directory), to whom the data belong: give it to them with `chown \(user) \(directory)`")
    }
  }

  private static func checkRoom(_ database: Database, _ directory: String) throws {
    let needed = try database.size() + spareBytes
    guard let free = freeBytes(at: directory), free < needed else { return }
    throw NotMade(
      description: """
        the disk of \(directory) is too full for a backup: the database needs \(needed >> 20) MiB, and \(free >> 20) MiB are free
        """)
  }

  private static func siteName(_ database: Database) throws -> String {
    if let site = try Meta.site(database) { return site }
    return try database.writing {
      try Meta.setSite(Random.id(), Transaction(database, now: Timestamp(milliseconds: 0)))
      return try Meta.site(database) ?? ""
    }
  }

  /// Puts everything into the directory, checks it, and gives it its name.
  private static func fill(
    _ incomplete: IncompleteBackup, _ settings: Settings, _ database: Database, site: String, withKeys: Bool
  ) throws -> (path: String, manifest: BackupManifest) {
    let directory = incomplete.path
    let files = BackedUpFiles(from: settings.filesDirectory, to: directory + "/files")
    let (copy, missing) = try copy(database, with: files, to: "\(directory)/\(BackupCheck.databaseName)") {
      try BackupCheck.checkedDatabase(ofBackupAt: directory)
    }
    try files.keep(Set(copy.files.keys))
    if withKeys { try copyKeys(settings, to: directory + "/keys") }
    let (epoch, position) = try endOfCopy(directory)
    let manifest = BackupManifest(
      version: Version.text, schema: copy.schema, epoch: epoch, position: position, site: site, data: try absolutePath(settings.data),
      machine: Machine.identifier().map(BackupManifest.hash), at: Timestamp(milliseconds: Clock.wallMilliseconds()), counts: copy.counts,
      missing: missing.map { "files/" + $0 }.sorted(),
      files: try BackupCheck.names(in: directory).sorted().map { name in
        let content = try content(of: "\(directory)/\(name)")
        return BackupManifest.Entry(name: name, size: content.size, sha256: content.sha256)
      })
    let faults = BackupCheck.lines(copy, manifest).filter { !$0.faults.isEmpty }
    guard faults.isEmpty else {
      throw NotMade(description: "the data are not whole, so there is no backup of them: \(faults.map(\.text).joined(separator: "; "))")
    }
    try write(manifest, to: directory)
    return (try incomplete.publish(as: start + minute(manifest.at)), manifest)
  }

  /// Files first, then the database, then the files that came between: a row of the copy whose file was linked before has it, however soon
  /// it is deleted, and one that was uploaded since is still there. A file that came and went between is in one copy and not in the next:
  /// then the database is copied again. What a second copy still names, and nobody has, was lost before.
  private static func copy(
    _ database: Database, with files: BackedUpFiles, to path: String, check: () throws -> CheckedDatabase
  ) throws -> (CheckedDatabase, missing: Set<String>) {
    var goneBefore: Set<String> = []
    for _ in 1...copiesMax {
      try files.linkAll()
      try database.copy(to: path)
      try synchronize(path)
      let copy = try check()
      let gone = try files.linkMissing(copy.files.keys)
      if gone.isSubset(of: goneBefore) { return (copy, gone) }
      goneBefore = gone
      unlink(path)
    }
    throw NotMade(description: "files were deleted each time the database was copied (\(copiesMax) times): try again when less is deleted")
  }

  private static func endOfCopy(_ directory: String) throws -> (epoch: String, position: Int64) {
    let copy = try Database(path: "\(directory)/\(BackupCheck.databaseName)", access: .unchanging)
    defer { copy.close() }
    return (try Meta.epoch(copy), try Journal.lastPosition(copy))
  }

  /// Copied, not linked: a key that is replaced in place must not change those of earlier backups.
  private static func copyKeys(_ settings: Settings, to target: String) throws {
    let directory = parentDirectory(of: settings.keysPath)
    try makeDirectories([(target, 0o700)])
    for name in fileNames(in: directory) where !name.hasSuffix("~") {
      do throws(Errno) {
        try copyFile("\(directory)/\(name)", to: "\(target)/\(name)", mode: 0o600)
      } catch {
        // A draft of the first keys goes as soon as it has its name. A directory is none of the programs'.
        guard error.code == ENOENT || error.code == EISDIR else { throw error }
      }
    }
    try synchronize(target)
  }

  private static func write(_ manifest: BackupManifest, to directory: String) throws {
    let path = "\(directory)/\(BackupManifest.fileName)"
    do {
      let file = FileDescriptor(
        owning: try Posix.check("create \(path)") { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) })
      try file.writeAll(manifest.encoded)
    }
    try synchronize(path)
    try synchronize(directory)
  }

  /// `2026-11-29T0300Z`.
  private static func minute(_ time: Timestamp) -> String {
    String(decoding: time.rfc3339.prefix(16), as: UTF8.self).replacing(":", with: "") + "Z"
  }
}

// MARK: Old ones

extension Backup {
  /// Removes the oldest backups of these data beside this one, so that `count` are left. Others, and what cannot be read, stay. Returns those
  /// that were removed.
  public func removeOlder(keeping count: Int) throws -> [String] {
    let directory = self.directory.path
    var others: [(path: String, at: Timestamp)] = []
    for name in fileNames(in: directory) where name.hasPrefix(Self.start) && "\(directory)/\(name)" != path {
      let other = "\(directory)/\(name)"
      guard let found = try? BackupManifest.read(ofBackupAt: other), manifest.isOfSameData(as: found) else { continue }
      others.append((other, found.at))
    }
    let removed = others.sorted { ($0.at, $0.path) < ($1.at, $1.path) }.dropLast(count - 1).map(\.path)
    try withExtendedLifetime(self.directory) {
      for path in removed { try IncompleteBackup.remove(backupAt: path) }
    }
    return removed
  }
}
