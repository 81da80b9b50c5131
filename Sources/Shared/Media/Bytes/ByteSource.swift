// Bytes that are read at any place, in windows: a file, or a part of one.
public import Posix

/// Random access to bytes that do not change. What reads it keeps a window of it, never the whole.
public protocol ByteSource {
  /// Bytes in all.
  var count: Int { get }

  /// Fills `bytes` from `offset` on; `offset` is at most `count`. Returns how many were read: fewer than asked only at the end.
  func read(at offset: Int, into bytes: inout [UInt8]) throws(Errno) -> Int
}

/// A file, which is closed with its last reader.
public final class FileSource: ByteSource {
  public let count: Int
  public let file: FileDescriptor

  /// Takes a file that is open for reading.
  public init(owning file: consuming FileDescriptor) throws(Errno) {
    count = try file.byteCount()
    self.file = file
  }

  public func read(at offset: Int, into bytes: inout [UInt8]) throws(Errno) -> Int {
    try file.read(at: offset, into: &bytes)
  }
}

/// A part of a source, such as the file in a form.
public struct SourceSlice: ByteSource {
  private let whole: any ByteSource
  private let range: Range<Int>

  /// What of `range` is outside of the source is left out.
  public init(_ whole: any ByteSource, _ range: Range<Int>) {
    self.whole = whole
    self.range = range.clamped(to: 0..<max(0, whole.count))
  }

  public var count: Int { range.count }

  public func read(at offset: Int, into bytes: inout [UInt8]) throws(Errno) -> Int {
    guard offset >= 0, offset < range.count else { return 0 }
    return min(try whole.read(at: range.lowerBound + offset, into: &bytes), range.count - offset)
  }
}
