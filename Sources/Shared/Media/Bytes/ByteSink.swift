// Where bytes are written one after the other.
public import Posix

public protocol ByteSink: AnyObject {
  func write(_ bytes: ArraySlice<UInt8>) throws(Errno)
}

/// A file that is written in blocks of `blockBytes`.
public final class FileSink: ByteSink {
  private static let blockBytes = 16 << 10
  /// Bytes after which the disk begins to write, while more come: the sync at the end, for which others wait as well, is then short.
  private static let writebackBytes = 1 << 20

  public let file: FileDescriptor
  private var block: [UInt8] = []
  private var written = 0
  private var writtenBack = 0

  /// Takes a file that is open for writing, and writes at its position.
  public init(owning file: consuming FileDescriptor) {
    self.file = file
    block.reserveCapacity(Self.blockBytes)
  }

  public func write(_ bytes: ArraySlice<UInt8>) throws(Errno) {
    if block.count + bytes.count > Self.blockBytes { try flush() }
    guard bytes.count < Self.blockBytes else { return try put(bytes) }
    block += bytes
  }

  /// Writes what is left. Without it the end of the file is missing; it does not synchronise.
  public func flush() throws(Errno) {
    guard !block.isEmpty else { return }
    try put(block[...])
    block.removeAll(keepingCapacity: true)
  }

  private func put(_ bytes: ArraySlice<UInt8>) throws(Errno) {
    try file.writeAll(bytes)
    written += bytes.count
    guard written - writtenBack >= Self.writebackBytes else { return }
    file.beginWriteback(of: writtenBack..<written)
    writtenBack = written
  }
}
