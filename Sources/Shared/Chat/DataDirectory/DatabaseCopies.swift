// Copies of the database from before it was migrated: the way back to the version before.
import Domain
import Glibc
import Posix
import SQL

/// They lie beside the database, as `echochat.schema-12.2026-11-29T235211Z.db`. The two newest are kept, for a week: they hold what users
/// delete later.
struct DatabaseCopies {
  static let kept = 2
  static let keptSeconds: Int64 = 7 * 86_400
  /// Free bytes that a copy must leave: the migration needs some, too.
  private static let spareBytes: Int64 = 16 << 20
  private static let (start, end) = ("echochat.schema-", ".db")

  /// A copy is not made, in a sentence for the operator.
  struct NoCopy: Error, CustomStringConvertible {
    let description: String
  }

  private struct Copy {
    let path: String
    let schema: Int
    let time: String
  }

  private let databasePath: String
  private let directory: String

  init(of databasePath: String) {
    self.databasePath = databasePath
    directory = parentDirectory(of: databasePath)
  }

  /// Copies the database, which has this schema, and returns the path of the copy, which is on disk then. Older copies than the newest two
  /// are removed. Throws `NoCopy`, `StoreError` and `Errno`.
  func make(from database: Database, schema: Int64) throws -> String {
    let needed = try database.size() + Self.spareBytes
    if let free = freeBytes(at: directory), free < needed {
      throw NoCopy(description: refusal("it needs \(needed >> 20) MiB, and \(free >> 20) MiB are free"))
    }
    let time = String(decoding: Timestamp(milliseconds: Clock.wallMilliseconds()).rfc3339.prefix(19), as: UTF8.self).replacing(
      ":", with: "")
    let path = "\(directory)/\(Self.start)\(schema).\(time)Z\(Self.end)"
    Log.info("copying \(databasePath), which has schema \(schema), to \(path) before it is migrated")
    let temporary = path + "~"
    // Nobody else copies now: what ends like this was cut short.
    for name in fileNames(in: directory) where name.hasPrefix(Self.start) && name.hasSuffix("~") { unlink("\(directory)/\(name)") }
    do {
      try database.copy(to: temporary)
      try synchronize(temporary)
      try check("rename \(path)") { rename(temporary, path) }
      try synchronize(directory)
    } catch {
      unlink(temporary)
      guard (error as? StoreError)?.isCorruption != true else { throw error }
      throw NoCopy(description: refusal("\(error)"))
    }
    for old in all().dropLast(Self.kept) { unlink(old.path) }
    return path
  }

  /// The newest copy that a program with this schema can use.
  func newest(through schema: Int) -> String? { all().last { $0.schema <= schema }?.path }

  /// Removes what is older than `keptSeconds`.
  func removeOld(at now: Timestamp) {
    let before = (now + .seconds(-Self.keptSeconds)).milliseconds / 1000
    for name in fileNames(in: directory) where name.hasPrefix(Self.start) {
      var status = stat()
      guard lstat("\(directory)/\(name)", &status) == 0, Int64(status.st_mtim.tv_sec) < before else { continue }
      unlink("\(directory)/\(name)")
      Log.info("removed \(name), which is older than \(Self.keptSeconds / 86_400) days")
    }
  }

  /// Oldest first.
  private func all() -> [Copy] {
    fileNames(in: directory).compactMap { name -> Copy? in
      guard name.hasPrefix(Self.start), name.hasSuffix(Self.end) else { return nil }
      let parts = name.dropFirst(Self.start.count).dropLast(Self.end.count).split(separator: ".")
      guard parts.count == 2, let schema = Int(parts[0]) else { return nil }
      return Copy(path: "\(directory)/\(name)", schema: schema, time: String(parts[1]))
    }
    .sorted { ($0.time, $0.schema) < ($1.time, $1.schema) }
  }

  private func refusal(_ reason: String) -> String {
    """
    \(databasePath) is not migrated, since it cannot be copied before: \(reason). Make room, or run `echochatctl migrate --no-copy`, after \
    which there is no way back
    """
  }
}
