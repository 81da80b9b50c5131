// A backup that is being made: a directory with another name, until it is whole.
import Auth
import Glibc
import Posix

/// `DIRECTORY/.echochat-….incomplete`. Who has locked the directory and finds one knows that it was cut short, and removes it.
struct IncompleteBackup {
  private static let (start, end) = (".echochat-", ".incomplete")

  let path: String
  private let directory: String

  /// Makes the directory, which is the user's alone.
  init(in directory: BackupDirectory) throws(Errno) {
    self.directory = directory.path
    let path = Self.newPath(in: directory.path)
    self.path = path
    try check("mkdir \(path)") { mkdir(path, 0o700) }
  }

  private static func newPath(in directory: String) -> String { "\(directory)/\(start)\(Random.id())\(end)" }

  /// Removes what was cut short in a directory. Throws if some of it cannot be removed.
  static func removeLeftovers(in directory: BackupDirectory) throws(Errno) {
    guard directory.isLocked else { return }
    for name in fileNames(in: directory.path) where name.hasPrefix(start) && name.hasSuffix(end) {
      try removeTree("\(directory.path)/\(name)")
    }
  }

  /// Removes a whole backup: renamed first, so that no half of it bears its name.
  static func remove(backupAt path: String) throws(Errno) {
    let gone = newPath(in: parentDirectory(of: path))
    try check("rename \(path)") { rename(path, gone) }
    try removeTree(gone)
  }

  /// Gives the backup its name, on disk when this returns: `name`, or `name-2` and so on if that is taken. Returns its path.
  func publish(as name: String) throws(Errno) -> String {
    for number in 1...99 {
      let target = "\(directory)/\(name)\(number == 1 ? "" : "-\(number)")"
      // A directory that is not empty is never replaced.
      if rename(path, target) == 0 {
        try synchronize(directory)
        return target
      }
      guard errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR else { throw Errno("rename \(target)") }
    }
    throw Errno("\(directory)/\(name)", code: EEXIST)
  }

  /// Removes it all.
  func discard() throws(Errno) { try removeTree(path) }
}
