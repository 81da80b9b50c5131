// Reads a file at any place, and writes whole arrays.
import CLinux
import Glibc

extension FileDescriptor {
  /// Bytes of the file now.
  public func byteCount() throws(Errno) -> Int {
    var status = stat()
    try check("fstat") { fstat(number, &status) }
    return Int(status.st_size)
  }

  /// Fills `bytes` from `offset` on, without moving the file's own position. Returns how many were read: fewer only at the file's end.
  public func read(at offset: Int, into bytes: inout [UInt8]) throws(Errno) -> Int {
    let wanted = bytes.count
    var count = 0
    while count < wanted {
      let got = try check("pread") {
        bytes.withUnsafeMutableBytes { pread(number, $0.baseAddress.map { $0 + count }, wanted - count, off_t(offset + count)) }
      }
      if got == 0 { break }
      count += got
    }
    return count
  }

  /// Has the disk begin to write a range of the file, and does not wait for it. A failure is told by fsync.
  public func beginWriteback(of range: Range<Int>) {
    echochat_begin_writeback(number, range.lowerBound, range.count)
  }

  /// Writes all of the bytes at the file's position.
  public func writeAll(_ bytes: some Collection<UInt8>) throws(Errno) {
    let bytes = ContiguousArray(bytes)
    var count = 0
    while count < bytes.count {
      count += try check("write") {
        bytes.withUnsafeBytes { write(number, $0.baseAddress.map { $0 + count }, $0.count - count) }
      }
    }
  }
}
