// A backup that is being made: a directory with another name, until it is whole.
import Auth
import Glibc
import Posix

/// `DIRECTORY/.echochat-….incomplete`, locked as long as its maker lives: what nobody locks was cut short, and the next backup removes it.
final class IncompleteBackup {
  private static let (start, end) = (".echochat-", ".incomplete")

  let path: String
  private let directory: String
  private let lock: DirectoryLock?

  /// Makes the directory, which is the user's alone.
  init(in directory: String) throws(Errno) {
    self.directory = directory
    let path = Self.newPath(in: directory)
    self.path = path
    try check("mkdir \(path)") { mkdir(path, 0o700) }
    lock = try DirectoryLock(path)
  }

  private static func newPath(in directory: String) -> String { "\(directory)/\(start)\(Random.id())\(end)" }

  /// The lock on a directory (flock(2)), held as long as the object lives.
  private final class DirectoryLock {
    private let file: FileDescriptor

    /// Nil if another process has it.
    init?(_ path: String) throws(Errno) {
      file = FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) })
      guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
    }
  }

  /// Removes what was cut short in a directory. Throws if some of it cannot be removed.
  static func removeLeftovers(in directory: String) throws(Errno) {
    for name in fileNames(in: directory) where name.hasPrefix(start) && name.hasSuffix(end) {
      let path = "\(directory)/\(name)"
      // One that vanishes meanwhile was another backup's, as is one that is locked.
      guard let lock = try? DirectoryLock(path) else { continue }
      try withExtendedLifetime(lock) { () throws(Errno) in try removeTree(path) }
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
