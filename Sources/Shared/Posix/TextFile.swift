// Reads and writes small text files.
import Glibc

public enum TextFile {
  public static let bytesMax = 1 << 20
  private static let tailBytes = 4096

  /// The file's text, at most `bytesMax` bytes of it.
  public static func read(_ path: String) throws(Errno) -> String {
    try text(of: try opened(path), path)
  }

  /// The bytes of a file of any content, at most `bytesMax` of them.
  public static func bytes(_ path: String) throws(Errno) -> [UInt8] {
    try bytes(of: try opened(path), path)
  }

  /// The first `count` bytes of a file; fewer if it is shorter.
  public static func head(_ path: String, count: Int) throws(Errno) -> [UInt8] {
    let file = try opened(path)
    var bytes = [UInt8](repeating: 0, count: count)
    let got = Glibc.read(file.number, &bytes, count)
    return Array(bytes.prefix(max(0, got)))
  }

  /// The last line of a log of any length; nil if there is none.
  public static func lastLine(of path: String) -> String? {
    guard let file = try? opened(path) else { return nil }
    // Fails for a shorter file, and leaves the position at its beginning.
    lseek(file.number, -off_t(tailBytes), SEEK_END)
    return (try? text(of: file, path))?.split(separator: "\n").last.map(String.init)
  }

  /// Writes under a temporary name and renames, so that no reader sees half a file. `isSynced`: the text is on disk before the name is, so
  /// that no power cut leaves an empty file.
  public static func write(_ text: String, to path: String, isSynced: Bool = false) throws(Errno) {
    let temporary = path + "~"
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let file = FileDescriptor(owning: try check("open \(temporary)") { open(temporary, flags, 0o640) })
    try write(text, file, temporary)
    if isSynced { try check("fsync \(temporary)") { fsync(file.number) } }
    try check("rename \(path)") { rename(temporary, path) }
  }

  /// Writes over the beginning of a file that exists: for a text of the same length as the one before.
  public static func overwrite(_ text: String, at path: String) throws(Errno) {
    try write(text, FileDescriptor(owning: try check("open \(path)") { open(path, O_WRONLY | O_CLOEXEC) }), path)
  }

  private static func write(_ text: String, _ file: borrowing FileDescriptor, _ path: String) throws(Errno) {
    let (bytes, number) = (Array(text.utf8), file.number)
    let written = try check("write \(path)") { Glibc.write(number, bytes, bytes.count) }
    guard written == bytes.count else { throw Errno("write \(path)", code: ENOSPC) }
  }

  private static func opened(_ path: String) throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY | O_CLOEXEC) })
  }

  private static func text(of file: borrowing FileDescriptor, _ path: String) throws(Errno) -> String {
    String(decoding: try bytes(of: file, path), as: UTF8.self)
  }

  private static func bytes(of file: borrowing FileDescriptor, _ path: String) throws(Errno) -> [UInt8] {
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
    return Array(bytes.prefix(count))
  }
}
