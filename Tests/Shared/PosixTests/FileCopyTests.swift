// Second names of files and copies of them, and directories that are removed.
import Glibc
import Posix
import TestSupport
import Testing

@Suite struct FileCopyTests {
  private let directory = TemporaryDirectory()
  private func path(_ name: String) -> String { "\(directory.path)/\(name)" }

  @Test func `a link is the same file, and a copy another one with the same bytes`() throws {
    let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    TemporaryDirectory.write(bytes, to: path("a"))
    try linkOrCopy(path("a"), to: path("linked"))
    #expect(FileIdentity(of: path("linked")) == FileIdentity(of: path("a")))
    try copyFile(path("a"), to: path("copied"), mode: 0o640)
    #expect(FileIdentity(of: path("copied")) != FileIdentity(of: path("a")))
    #expect(try TextFile.bytes(path("copied")) == bytes)
    var status = stat()
    #expect(stat(path("copied"), &status) == 0 && status.st_mode & 0o777 == 0o640)
  }

  @Test func `nothing is written over, and no link is followed`() throws {
    TemporaryDirectory.write([1], to: path("a"))
    TemporaryDirectory.write([2], to: path("b"))
    #expect(symlink(path("a"), path("link")) == 0)
    #expect(throws: Errno.self) { try linkOrCopy(path("a"), to: path("b")) }
    #expect(throws: Errno.self) { try copyFile(path("a"), to: path("b"), mode: 0o600) }
    #expect(throws: Errno.self) { try copyFile(path("a"), to: path("link"), mode: 0o600) }
    #expect(throws: Errno.self) { try linkOrCopy(path("link"), to: path("c")) }
    #expect(throws: Errno.self) { try linkOrCopy(directory.path, to: path("c")) }
    #expect(try TextFile.bytes(path("b")) == [2])
  }

  @Test func `a directory is removed with all that is in it, and what a link leads to stays`() throws {
    try makeDirectories([(path("d/e/f"), 0o700), (path("other"), 0o700)])
    TemporaryDirectory.write([1], to: path("d/e/f/x"))
    TemporaryDirectory.write([1], to: path("other/x"))
    #expect(symlink(path("other"), path("d/link")) == 0)
    try removeTree(path("d"))
    try removeTree(path("d"))
    #expect(TemporaryDirectory.names(in: directory.path) == ["other"])
    #expect(TemporaryDirectory.names(in: path("other")) == ["x"])
  }
}
