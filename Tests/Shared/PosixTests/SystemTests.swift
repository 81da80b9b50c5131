// The small things between us and the kernel.
import Glibc
import Posix
import TestSupport
import Testing

@Suite struct SystemTests {
  @Test func `a call that is interrupted is made again, and one that fails says which it was`() throws {
    var calls = 0
    #expect(
      try check("read") { () -> Int in
        calls += 1
        if calls < 3 {
          errno = EINTR
          return -1
        }
        return 5
      } == 5)
    #expect(calls == 3)
    let error = #expect(throws: Errno.self) { try check("open the door") { open("/nowhere/at/all", O_RDONLY) } }
    #expect(error?.code == ENOENT)
    #expect(error?.description == "open the door: No such file or directory (errno 2)")
  }

  @Test func `a descriptor is closed when its owner lets it go, unless it was given up`() {
    let kept: Int32
    let closed: Int32
    do {
      let first = FileDescriptor(owning: open("/dev/null", O_RDONLY | O_CLOEXEC))
      let second = FileDescriptor(owning: open("/dev/null", O_RDONLY | O_CLOEXEC))
      closed = first.number
      kept = second.release()
      #expect(fcntl(closed, F_GETFD) >= 0)
      _ = consume first
    }
    #expect(fcntl(kept, F_GETFD) >= 0)
    close(kept)
    _ = closed
  }

  @Test func `the boot has one name and its clock is not set back`() throws {
    let boot = try #require(Clock.bootID())
    #expect(boot.utf8.count == 36 && boot.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
    #expect(Clock.bootID() == boot)
    var last: Int64 = 0
    for _ in 0..<10_000 {
      let now = Clock.bootMilliseconds()
      #expect(now >= last)
      last = now
    }
    #expect(Clock.wallMilliseconds() > 1_700_000_000_000)
  }

  @Test func `where the kernel's name of the boot is hidden, there is none`() {
    let directory = TemporaryDirectory()
    #expect(Clock.bootID(path: directory.path + "/boot_id") == nil)
    for (text, expected) in [("", nil), ("\n", nil), ("b1\n", "b1")] as [(String, String?)] {
      TemporaryDirectory.write(Array(text.utf8), to: directory.path + "/boot_id")
      #expect(Clock.bootID(path: directory.path + "/boot_id") == expected)
    }
  }

  @Test func `a machine has the identifier that the file names, or none`() throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/machine-id"
    #expect(Machine.identifier(path: path) == nil)
    let identifier = "0123456789abcdef0123456789abcdef"
    for (text, expected) in [
      (identifier + "\n", identifier), (identifier, identifier), ("", nil), ("uninitialized\n", nil), (identifier + "0", nil),
      ("z" + identifier.dropFirst(), nil),
    ] {
      try TextFile.write(text, to: path)
      #expect(Machine.identifier(path: path) == expected)
    }
  }

  @Test func `the environment of the process is read as getenv reads it`() throws {
    let environment = Process.environment()
    let path = try #require(getenv("PATH"))
    #expect(environment["PATH"] == String(cString: path))
    #expect(!environment.isEmpty)
  }
}
