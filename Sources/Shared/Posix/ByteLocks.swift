// Locks on single bytes of a file, which the kernel releases when their holder ends.
import CLinux
import Glibc

/// An open lock file. Each byte is a lock of its own: shared or exclusive, held by this object, never by another one of the same process
/// (open file description locks of fcntl(2)). What the file contains does not matter to the locks.
public final class ByteLocks: Sendable {
  public enum Mode: Sendable { case shared, exclusive }

  private let path: String
  private let file: FileDescriptor

  /// Opens the file, which is made if it is missing. Throws `Errno`.
  public init(path: String) throws(Errno) {
    self.path = path
    file = FileDescriptor(owning: try check("open \(path)") { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640) })
  }

  /// Takes a byte, or changes the mode in which it is held, without waiting. False if another holder is in the way.
  public func take(_ byte: Int, _ mode: Mode) throws(Errno) -> Bool {
    do throws(Errno) {
      try lock(byte, mode, waits: false)
      return true
    } catch {
      guard error.code == EAGAIN || error.code == EACCES else { throw error }
      return false
    }
  }

  /// Takes a byte, or changes the mode in which it is held, once no other holder is in the way. Blocks.
  public func wait(_ byte: Int, _ mode: Mode) throws(Errno) {
    try lock(byte, mode, waits: true)
  }

  public func release(_ byte: Int) {
    _ = echochat_lock_byte(file.number, Int16(F_UNLCK), byte, 0)
  }

  /// Writes text at an offset: for the operator, and for the message to who finds the byte taken.
  public func write(_ text: String, at offset: Int) {
    let bytes = Array(text.utf8)
    _ = pwrite(file.number, bytes, bytes.count, off_t(offset))
  }

  /// Up to `count` bytes of what was written at an offset.
  public func text(at offset: Int, count: Int) -> String {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = pread(file.number, &bytes, count, off_t(offset))
    return String(decoding: bytes.prefix(max(0, got)), as: UTF8.self)
  }

  private func lock(_ byte: Int, _ mode: Mode, waits: Bool) throws(Errno) {
    let type = Int16(mode == .shared ? F_RDLCK : F_WRLCK)
    try check("lock \(path)") { echochat_lock_byte(file.number, type, byte, waits ? 1 : 0) }
  }
}
