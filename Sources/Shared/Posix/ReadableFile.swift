// A file that is open for reading, from its beginning as often as needed.
import Glibc

/// Opened once: a program that gives up being root goes on reading what root could open.
public final class ReadableFile: Sendable {
  private static let chunkBytes = 64 << 10

  public let path: String
  private let file: FileDescriptor

  public init(_ path: String) throws(Errno) {
    self.path = path
    file = FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY | O_CLOEXEC) })
  }

  /// Calls `body` with the whole file, some 64 KiB at a time. Throws `Errno`, also for what is no regular file, or what `body` throws.
  public func forEachChunk(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
    let number = file.number
    var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
    var offset: off_t = 0
    while true {
      let got = try check("read \(path)") { buffer.withUnsafeMutableBytes { pread(number, $0.baseAddress, Self.chunkBytes, offset) } }
      if got == 0 { return }
      offset += off_t(got)
      try body(buffer[..<got])
    }
  }
}
