// Files as sources and sinks.
import Glibc
import Media
import Posix
import TestSupport
import Testing

@Suite struct FileSourceTests {
  private let directory = TemporaryDirectory()

  private func opened(_ path: String, _ flags: Int32) throws -> FileDescriptor {
    FileDescriptor(owning: try check("open") { open(path, flags | O_CLOEXEC, 0o600) })
  }

  @Test func `a file is read where it is asked for, and written in blocks`() throws {
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let (path, copyPath) = (directory.path + "/a", directory.path + "/b")
    TemporaryDirectory.write(bytes, to: path)
    let source = try FileSource(owning: try opened(path, O_RDONLY))
    #expect(source.count == bytes.count)
    var part = [UInt8](repeating: 0, count: 50)
    #expect(try source.read(at: 99_980, into: &part) == 20)
    #expect(Array(part.prefix(20)) == Array(bytes[99_980...]))

    let sink = FileSink(owning: try opened(copyPath, O_WRONLY | O_CREAT))
    for start in [0..<1, 1..<1, 1..<20_000, 20_000..<20_010, 20_010..<36_394, 36_394..<100_000] { try sink.write(bytes[start]) }
    try sink.flush()
    #expect(try TextFile.bytes(copyPath) == bytes)
  }

  @Test func `a slice is a source of its own`() throws {
    let slice = SourceSlice(MemorySource(Array(0..<100)), 10..<20)
    #expect(slice.count == 10)
    var part = [UInt8](repeating: 0, count: 30)
    #expect(try slice.read(at: 4, into: &part) == 6)
    #expect(Array(part.prefix(6)) == [14, 15, 16, 17, 18, 19])
    #expect(try slice.read(at: 10, into: &part) == 0)
    #expect(SourceSlice(MemorySource([1, 2]), 1..<50).count == 1)
    #expect(SourceSlice(MemorySource([1, 2]), 7..<50).count == 0)
  }

  @Test func `a picture within a body is read there`() throws {
    let body = [UInt8](repeating: 0xFF, count: 70_001) + Samples.jpeg() + [UInt8](repeating: 0xD8, count: 5)
    let slice = SourceSlice(MemorySource(body), 70_001..<70_001 + Samples.jpeg().count)
    #expect(try FileType.detect(slice) == .jpeg)
    let sink = MemorySink()
    try MetadataStripper.strip(slice, .jpeg, into: sink)
    #expect(sink.bytes == Samples.strippedJPEG())
  }

  /// A source that fails, as a disk does.
  private struct BrokenSource: ByteSource {
    let count = 100

    func read(at offset: Int, into bytes: inout [UInt8]) throws(Errno) -> Int { throw Errno("pread", code: EIO) }
  }

  /// A file that another program makes shorter.
  private struct ShrinkingSource: ByteSource {
    let count = 100

    func read(at offset: Int, into bytes: inout [UInt8]) throws(Errno) -> Int { 0 }
  }

  private final class FullSink: ByteSink {
    func write(_ bytes: ArraySlice<UInt8>) throws(Errno) { throw Errno("write", code: ENOSPC) }
  }

  @Test func `errors of the disk are the operator's`() {
    #expect(throws: MediaError.failed(Errno("pread", code: EIO))) { try FileType.detect(BrokenSource()) }
    #expect(throws: MediaError.failed(Errno("write", code: ENOSPC))) {
      try MetadataStripper.strip(MemorySource(Samples.png()), .png, into: FullSink())
    }
    #expect(throws: MediaError.malformed("The file ends too early.")) { try FileType.detect(ShrinkingSource()) }
  }

  @Test func `what is no picture is copied as it is`() throws {
    let bytes = Array("%PDF-1.7 SECRET".utf8)
    let sink = MemorySink()
    try MetadataStripper.strip(MemorySource(bytes), .pdf, into: sink)
    #expect(sink.bytes == bytes)
    #expect(FileType.allCases.filter(MetadataStripper.strips) == [.jpeg, .png, .gif, .webp, .avif, .heic, .mp4])
  }

  @Test func `a large picture passes through a small window`() throws {
    let data = [UInt8](repeating: 0xAB, count: 8 << 20)
    let picture: [UInt8] = [0xFF, 0xD8] + Samples.frame() + Samples.scanHeader + data + [0xFF, 0xD9]
    let source = MemorySource(picture)
    let sink = MemorySink()
    try MetadataStripper.strip(source, .jpeg, into: sink)
    #expect(sink.bytes == picture)
    #expect(source.largestRead <= 16 << 10)
  }
}
