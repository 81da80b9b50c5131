// Another name for a file, or a copy of it where the file system has no other names for it.
import Glibc

/// Whether a link(2) failed in a way that a copy would not.
private let linkRefusals: Set<Int32> = [EXDEV, EPERM, EMLINK, ENOTSUP, ENOSYS]

/// Gives a file another name, by which it stays there when the first one is removed: for files that are never changed in place. It is copied
/// where both names cannot be the same file: on another disk, or since another user owns it. Returns whether it is the same file.
@discardableResult
public func linkOrCopy(_ path: String, to target: String) throws(Errno) -> Bool {
  var status = stat()
  try check("lstat \(path)") { lstat(path, &status) }
  guard status.st_mode & S_IFMT == S_IFREG else { throw Errno("\(path) is no regular file", code: EINVAL) }
  if status.st_uid == geteuid() {
    if link(path, target) == 0 { return true }
    guard linkRefusals.contains(errno) else { throw Errno("link \(target)") }
  }
  try copyFile(path, to: target, mode: status.st_mode & 0o777)
  return false
}

/// Copies a file to one that does not exist yet, with this mode. The copy is on disk when this returns.
public func copyFile(_ path: String, to target: String, mode: UInt32) throws(Errno) {
  let from = FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) })
  let to = FileDescriptor(
    owning: try check("create \(target)") { open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600) })
  let (source, number) = (from.number, to.number)
  var buffer = [UInt8](repeating: 0, count: 256 << 10)
  var offset = 0
  while true {
    let got = try check("read \(path)") { buffer.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) } }
    if got == 0 { break }
    do throws(Errno) {
      try to.writeAll(buffer[..<got])
    } catch {
      throw Errno("write \(target)", code: error.code)
    }
    // One fsync of everything at the end would hold up the syncs of others on this disk.
    to.beginWriteback(of: offset..<offset + got)
    offset += got
  }
  try check("chmod \(target)") { fchmod(number, mode) }
  try check("fsync \(target)") { fsync(number) }
}
