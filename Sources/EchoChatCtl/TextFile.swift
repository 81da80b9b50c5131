// Reads and writes small text files.
import Glibc
import Posix

enum TextFile {
  static let bytesMax = 1 << 20
  private static let tailBytes = 4096

  static func read(_ path: String) throws(Errno) -> String {
    try text(of: try opened(path), path)
  }

  /// The last line of a log of any length; nil if there is none.
  static func lastLine(of path: String) -> String? {
    guard let file = try? opened(path) else { return nil }
    // Fails for a shorter file, and leaves the position at its beginning.
    lseek(file.number, -off_t(tailBytes), SEEK_END)
    return (try? text(of: file, path))?.split(separator: "\n").last.map(String.init)
  }

  /// Writes under a temporary name and renames, so that no reader sees half a file.
  static func write(_ text: String, to path: String) throws(Errno) {
    let temporary = path + "~"
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let file = FileDescriptor(owning: try check("open \(temporary)") { open(temporary, flags, 0o640) })
    let bytes = Array(text.utf8)
    let written = try check("write \(temporary)") { Glibc.write(file.number, bytes, bytes.count) }
    guard written == bytes.count else { throw Errno("write \(temporary)", code: ENOSPC) }
    try check("rename \(path)") { rename(temporary, path) }
  }

  private static func opened(_ path: String) throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY | O_CLOEXEC) })
  }

  private static func text(of file: borrowing FileDescriptor, _ path: String) throws(Errno) -> String {
    let number = file.number
    var bytes = [UInt8](repeating: 0, count: bytesMax)
    var count = 0
    while count < bytesMax {
      let got = try check("read \(path)") {
        bytes.withUnsafeMutableBytes { Glibc.read(number, $0.baseAddress.map { $0 + count }, bytesMax - count) }
      }
      if got == 0 { break }
      count += got
    }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
