// Deleting files from the disk: those that were removed, and what was left behind.
import Configuration
import Domain
import Glibc
import Posix
import SQL
import Store

extension Chat {
  /// Files that are deleted between two commits.
  private static let removedFilesBatch = 200
  /// Files that one commit removes because they are in no message.
  private static let unattachedBatch = 500
  /// How often the directory of files is looked through, as a part of how long files wait to be attached.
  private static let orphanSweepsPerKeep: Int64 = 24

  /// Deletes files that have waited too long for a message, files whose rows are gone from the disk, and from time to time what no row knows:
  /// uploads that a crash has cut off. Blocks.
  func sweepFiles() throws {
    let keep = settings.files.unattachedKeepSeconds
    repeat {
      while try deleteRemoved() {}
    } while try removeUnattached(keepSeconds: keep)
    let now = clock.bootMilliseconds
    let isDue = orphanSweepAt.withLock { due in
      guard now >= due else { return false }
      due = now + keep * 1000 / Self.orphanSweepsPerKeep
      return true
    }
    if isDue { try sweepOrphans(before: Int64(time(nil)) - keep) }
  }

  /// False once nothing is left.
  private func removeUnattached(keepSeconds: Int64) throws -> Bool {
    try commit { transaction in
      let before = transaction.now + .seconds(-keepSeconds)
      return try Files.removeUnattached(before: before, limit: Self.unattachedBatch, transaction) > 0
    }
  }

  /// False once nothing is left, or what is left cannot be deleted.
  private func deleteRemoved() throws -> Bool {
    let removed = try readers.read { try Files.removed(limit: Self.removedFilesBatch, $0) }
    guard !removed.isEmpty else { return false }
    var done: [PublicID] = []
    var failure: Errno?
    for id in removed {
      do throws(Errno) {
        try files.remove(id)
        done.append(id)
      } catch {
        failure = error
      }
    }
    if let failure { Log.error("a file that was removed is still on the disk: \(failure)") }
    guard !done.isEmpty else { return false }
    try commit { [done] in try Files.forgetRemoved(done, $0) }
    return failure == nil
  }

  /// Deletes what has no row and was last written before a time, in seconds since 1970. Says what has a row and is missing.
  func sweepOrphans(before time: Int64) throws {
    for path in files.incomingPaths where FileStore.isOlder(path, than: time) { unlink(path) }
    var missing = 0
    for prefix in files.prefixes {
      // The directory first: a file lies in its place before it has a row.
      let entries = files.entries(withPrefix: prefix)
      let known = try readers.read { try Files.ids(withPrefix: prefix, $0) }
      let orphans = entries.filter { id, paths in !known.contains(id) && paths.allSatisfy { FileStore.isOlder($0, than: time) } }
      if !orphans.isEmpty { try deleteOrphans(orphans, withPrefix: prefix) }
      missing += known.count { entries[$0] == nil && files.isMissing(PublicID(trusted: $0)) }
    }
    if missing > 0 { Log.error("\(missing) files are missing from \(files.directory): put them back from a backup") }
  }
}

extension Chat {
  /// Deletes files that have no row. In a transaction: an upload asks in its own whether its file is still there, so that no row is made
  /// without one, whatever the age of the file says.
  private func deleteOrphans(_ orphans: [String: [String]], withPrefix prefix: String) throws {
    try commit { transaction in
      let known = try Files.ids(withPrefix: prefix, transaction.database)
      for (id, paths) in orphans where !known.contains(id) {
        for path in paths { unlink(path) }
      }
    }
  }
}

extension FileStore {
  /// Whether nothing of a file is on the disk.
  func isMissing(_ id: PublicID) -> Bool {
    FileVariant.allCases.allSatisfy { access(path(of: id, $0), F_OK) != 0 }
  }
}
