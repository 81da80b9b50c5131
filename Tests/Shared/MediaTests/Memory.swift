// Sources and sinks in memory.
import Media
import Posix

/// Counts what is read, so that a test can ask how much of a file was looked at.
final class MemorySource: ByteSource {
  private let bytes: [UInt8]
  private(set) var bytesRead = 0
  private(set) var largestRead = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var count: Int { bytes.count }

  func read(at offset: Int, into buffer: inout [UInt8]) throws(Errno) -> Int {
    let count = min(buffer.count, bytes.count - offset)
    buffer.replaceSubrange(0..<count, with: bytes[offset..<offset + count])
    bytesRead += count
    largestRead = max(largestRead, buffer.count)
    return count
  }
}

final class MemorySink: ByteSink {
  private(set) var bytes: [UInt8] = []

  init() {}

  func write(_ part: ArraySlice<UInt8>) throws(Errno) {
    bytes += part
  }
}
