// Small text files, whole.
import Glibc
import Posix

enum TextFile {
  static let bytesMax = 1 << 20

  static func read(_ path: String) throws(Errno) -> String {
    let file = FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY | O_CLOEXEC) })
    var bytes = [UInt8](repeating: 0, count: bytesMax)
    var count = 0
    while count < bytesMax {
      let got = try check("read \(path)") { bytes.withUnsafeMutableBytes { Glibc.read(file.number, $0.baseAddress.map { $0 + count }, bytesMax - count) } }
      if got == 0 { break }
      count += got
    }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Under a temporary name and renamed: nobody reads half a file.
  static func write(_ text: String, to path: String) throws(Errno) {
    let temporary = path + "~"
    let file = FileDescriptor(owning: try check("open \(temporary)") { open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640) })
    let bytes = Array(text.utf8)
    let written = try check("write \(temporary)") { Glibc.write(file.number, bytes, bytes.count) }
    guard written == bytes.count else { throw Errno("write \(temporary)", code: ENOSPC) }
    try check("rename \(path)") { rename(temporary, path) }
  }
}
