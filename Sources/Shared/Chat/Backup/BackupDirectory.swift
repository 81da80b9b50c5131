// The directory that backups are made in, by one program at a time.
import Glibc
import Posix

/// Locked (flock(2)) as long as the object lives, from what an earlier backup left to the removal of old ones: two programs that did any of
/// it at once would remove each other's.
final class BackupDirectory: Sendable {
  let path: String
  /// False where the file system locks no directories, such as NFS: whether another program is at work is not known.
  let isLocked: Bool
  private let file: FileDescriptor

  /// Nil if another program has it.
  init?(_ path: String) throws(Errno) {
    self.path = path
    file = FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    isLocked = flock(file.number, LOCK_EX | LOCK_NB) == 0
    guard isLocked || errno != EWOULDBLOCK else { return nil }
  }
}
