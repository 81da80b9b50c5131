// Puts a backup in the place of the data, while the programs are stopped.
public import Configuration
import Domain
import Glibc
import Posix
import Store

/// A backup that was restored. The history goes on as another one (Sources/Decisions/0010): no earlier cursor is resumed.
public struct Restoration: Sendable {
  /// Why nothing was restored, in a sentence for the operator. The data are as they were.
  public struct NotRestored: Error, CustomStringConvertible {
    public let description: String
  }

  public let manifest: BackupManifest
  /// Where the data are that were there before; nil if there were none.
  public let setAside: String?

  /// Bytes that a restored backup leaves free on the disk.
  private static let spareBytes: Int64 = 16 << 20

  /// Restores into the data directory, which must be there. Throws errors for the operator; then the data are what they were.
  public static func restore(backupAt path: String, _ settings: Settings) throws -> Restoration {
    guard access(path, R_OK | X_OK) == 0 else {
      let reason = Errno(path)
      guard reason.code == EACCES else { throw NotRestored(description: "\(reason)") }
      let user = ServiceUser.currentName
      throw NotRestored(description: "the user \(user), to whom the data belong, cannot read \(path): `chown -R \(user) \(path)`")
    }
    let lock = try DataDirectoryLock(path: settings.lockPath, as: .command)
    guard try lock.joinAlone() else {
      throw NotRestored(description: "programs use \(settings.data): stop them first (`lock` in it names them)")
    }
    try DataExchange.undo(settings)
    let check = try BackupCheck(ofBackupAt: path)
    guard check.isWhole, let manifest = check.manifest else {
      let faults = check.lines.filter { !$0.faults.isEmpty }.map(\.text)
      throw NotRestored(description: "\(path) is not whole, so the data stay as they are: \(faults.joined(separator: "; "))")
    }
    do {
      try checkRoom(manifest, path, settings)
      let exchange = try DataExchange(settings)
      try copy(manifest, from: path, to: exchange.new)
      let setAside = try exchange.run(time: fileTime(), hasKeys: manifest.hasKeys) {
        try DataDirectoryAccess(settings, holding: lock, putBack: "it was restored from \(path)").settle()
      }
      return Restoration(manifest: manifest, setAside: setAside)
    } catch {
      throw NotRestored(description: try undone(after: error, settings))
    }
  }

  private static func undone(after error: any Error, _ settings: Settings) throws -> String {
    do throws(Errno) {
      try DataExchange.undo(settings)
    } catch let failure {
      return """
        nothing is restored: \(error). The data that were there cannot be put back at once: \(failure). Run this again, or start the \
        programs, once that is mended: it is tried again then
        """
    }
    return "nothing is restored, and \(settings.data) is as it was: \(error)"
  }

  private static func checkRoom(_ manifest: BackupManifest, _ path: String, _ settings: Settings) throws {
    // Files are linked where the backup is on the same file system.
    let isNear = FileIdentity(of: path)?.device == FileIdentity(of: settings.data)?.device
    let copied = manifest.files.filter { !isNear || !$0.name.hasPrefix("files/") }
    let needed = copied.reduce(spareBytes) { $0 + $1.size }
    guard let free = freeBytes(at: settings.data), free < needed else { return }
    throw NotRestored(
      description: "the disk of \(settings.data) is too full: \(needed >> 20) MiB are needed, and \(free >> 20) MiB are free")
  }

  /// Copies what the manifest names; all of it is on disk when this returns.
  private static func copy(_ manifest: BackupManifest, from path: String, to target: String) throws {
    var directories: Set<String> = [target]
    for entry in manifest.files {
      let (source, place) = ("\(path)/\(entry.name)", "\(target)/\(entry.name)")
      let isUploaded = entry.name.hasPrefix("files/")
      let directory = parentDirectory(of: place)
      if directories.insert(directory).inserted {
        if isUploaded { directories.insert(target + "/files") }
        try makeDirectories([(directory, isUploaded ? FileStore.directoryMode : 0o700)])
      }
      let mode: UInt32 = isUploaded ? FileStore.fileMode : 0o600
      let isLink = try isUploaded && linkOrCopy(source, to: place)
      if !isUploaded { try copyFile(source, to: place, mode: mode) }
      try Posix.check("chmod \(place)") { chmod(place, mode) }
      guard try isLink || content(of: place) == (entry.size, entry.sha256) else {
        throw NotRestored(description: "\(place) does not read as it was written: is the disk broken?")
      }
    }
    for directory in directories.sorted(by: >) { try synchronize(directory) }
  }

  /// With milliseconds: it names one restore.
  private static func fileTime() -> String {
    String(decoding: Timestamp(milliseconds: Clock.wallMilliseconds()).rfc3339, as: UTF8.self).replacing(":", with: "")
  }
}
