// Allows one supervisor per data directory.
import Glibc
import Posix

enum InstanceLock {
  /// Takes the lock. It is held as long as the file is open; the kernel releases it however the process ends.
  static func take(path: String) throws -> FileDescriptor {
    let file = FileDescriptor(owning: try check("open \(path)") { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640) })
    let number = file.number
    guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
      let holder = TextFile.lastLine(of: path).map { " (process \($0))" } ?? ""
      throw Failure("another `echochatctl serve`\(holder) runs on this data directory: it holds \(path)")
    }
    ftruncate(number, 0)
    let text = Array("\(getpid())\n".utf8)
    try check("write \(path)") { write(number, text, text.count) }
    return file
  }
}
