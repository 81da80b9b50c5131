// When a data directory was backed up last: the file `last-backup` in it.
public import Configuration
public import Domain
import FoundationEssentials
public import Posix
import Wire

/// Each backup that succeeds leaves one: `{"at": …, "path": …, "bytes": …}`.
public struct LastBackup: Equatable, Sendable {
  /// When the backup was whole.
  public let at: Timestamp
  /// The directory of the backup, from the root.
  public let path: String
  /// Bytes of the files in it.
  public let bytes: Int64

  public init(at: Timestamp, path: String, bytes: Int64) {
    (self.at, self.path, self.bytes) = (at, path, bytes)
  }

  /// Nil if there was no backup yet, or the file cannot be read.
  public static func read(_ settings: Settings) -> LastBackup? {
    guard let text = try? TextFile.bytes(settings.lastBackupPath), let stored = try? JSONDecoder().decode(Stored.self, from: Data(text)),
      let at = Timestamp(anyRFC3339: stored.at)
    else { return nil }
    return LastBackup(at: at, path: stored.path, bytes: stored.bytes)
  }

  /// Replaces the file. It is synced: a power cut leaves it as it was, or as it is now.
  public func write(_ settings: Settings) throws(Errno) {
    let json = JSONWriter.object { json in
      json.field("at", at)
      json.field("path", path)
      json.field("bytes", bytes)
    }
    try TextFile.write(String(decoding: json, as: UTF8.self) + "\n", to: settings.lastBackupPath, isSynced: true)
  }

  private struct Stored: Decodable {
    let at: String
    let path: String
    let bytes: Int64
  }
}
