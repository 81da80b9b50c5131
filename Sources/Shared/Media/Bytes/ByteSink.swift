// Where bytes are written one after the other.
public import Posix

public protocol ByteSink: AnyObject {
  func write(_ bytes: ArraySlice<UInt8>) throws(Errno)
}

/// A file that is written in blocks of `blockBytes`.
public final class FileSink: ByteSink {
  private static let blockBytes = 16 << 10

  public let file: FileDescriptor
  private var block: [UInt8] = []

  /// Takes a file that is open for writing, and writes at its position.
  public init(owning file: consuming FileDescriptor) {
    self.file = file
    block.reserveCapacity(Self.blockBytes)
  }

  public func write(_ bytes: ArraySlice<UInt8>) throws(Errno) {
    if block.count + bytes.count > Self.blockBytes { try flush() }
    guard bytes.count < Self.blockBytes else { return try file.writeAll(bytes) }
    block += bytes
  }

  /// Writes what is left. Without it the end of the file is missing; it does not synchronise.
  public func flush() throws(Errno) {
    guard !block.isEmpty else { return }
    try file.writeAll(block)
    block.removeAll(keepingCapacity: true)
  }
}
