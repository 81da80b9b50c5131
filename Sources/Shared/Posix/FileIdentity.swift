// Which file is at a path: tells a file from another one that was put in its place.
import CLinux
import Glibc

public struct FileIdentity: Equatable, Sendable {
  public let device: UInt64
  public let inode: UInt64
  /// When the file was made, in nanoseconds since 1970; 0 if the file system does not know. Inodes are used again, birth times are not.
  public let birth: Int64

  public init(device: UInt64, inode: UInt64, birth: Int64 = 0) {
    self.device = device
    self.inode = inode
    self.birth = birth
  }

  /// Of the file at a path, which is not opened: closing it would drop SQLite's locks. A link is not followed. Nil if there is no file.
  public init?(of path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino), birth: Int64(echochat_birth_time(path)))
  }

  /// Whether it is the same file, although perhaps on a device of another number: those may change when the machine starts.
  public func isSameFile(as other: FileIdentity) -> Bool { inode == other.inode && birth == other.birth }

  /// Whether this file is still at the path: one system call.
  public func isAt(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && UInt64(status.st_ino) == inode && UInt64(status.st_dev) == device
  }
}
