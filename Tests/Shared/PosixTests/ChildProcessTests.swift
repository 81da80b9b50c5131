// Programs that are run on bytes of strangers: without a shell, with limits, and never left behind.
import Glibc
import Posix
import TestSupport
import Testing

@Suite struct ChildProcessTests {
  private let directory = TemporaryDirectory()

  private func run(_ script: String, _ limits: ChildProcess.Limits = limits()) throws -> ChildProcess.Outcome {
    try ChildProcess.run("/bin/sh", ["-c", script, "sh", directory.path], environment: ["PATH": "/usr/bin:/bin", "GIVEN": "yes"], limits)
  }

  private static func limits(
    memory: UInt = 0, file: UInt = 0, cpu: UInt = 0, milliseconds: Int = 20_000, isIsolated: Bool = false
  ) -> ChildProcess.Limits {
    ChildProcess.Limits(memoryBytes: memory, fileBytes: file, cpuSeconds: cpu, milliseconds: milliseconds, isIsolated: isIsolated)
  }

  @Test func `its status says how it has ended`() throws {
    #expect(try run("exit 0") == .exited(0) && run("exit 1") == .exited(1) && run("exit 255") == .exited(255))
    #expect(try run("kill -9 $$") == .killed(9))
    let missing = try ChildProcess.run("/no/such/program", [], environment: [:], Self.limits())
    #expect(missing == .exited(127))
  }

  @Test func `it has the given environment, no input and output, and no descriptor of ours`() throws {
    let ours = open("/dev/null", O_RDONLY)
    defer { close(ours) }
    #expect(try run(#"test "$GIVEN" = yes && test -z "$HOME""#) == .exited(0))
    #expect(try run("test \"$(readlink /proc/self/fd/0)\" = /dev/null && ! test -e /proc/$$/fd/\(ours) && ! read line") == .exited(0))
  }

  @Test func `each limit ends it`() throws {
    #expect(try run("sleep 60", Self.limits(milliseconds: 200)) == .timedOut)
    #expect(try run("while :; do :; done", Self.limits(cpu: 1)) == .killed(SIGKILL))
    #expect(try run("dd if=/dev/zero of=\"$1\"/big bs=4096 count=10 2>/dev/null", Self.limits(file: 8192)) != .exited(0))
    #expect(try run("x=$(head -c 300000000 /dev/zero | tr '\\0' x); exit 0", Self.limits(memory: 64 << 20)) != .exited(0))
    #expect(try run("exit 0", Self.limits(memory: 64 << 20, file: 8192, cpu: 1)) == .exited(0))
  }

  @Test(arguments: [("", 20_000, ChildProcess.Outcome.exited(0)), ("; wait", 500, .timedOut)])
  func `what it has started ends with it`(then: String, milliseconds: Int, outcome: ChildProcess.Outcome) throws {
    let pipe = directory.path + "/pipe"
    try #require(mkfifo(pipe, 0o600) == 0)
    let reader = open(pipe, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    let ended = try run("sleep 600 > \"$1\"/pipe & exec 9> \"$1\"/pipe" + then, Self.limits(milliseconds: milliseconds))
    #expect(ended == outcome)
    // The end of the last one that holds the pipe open for writing hangs up on the reader.
    var asked = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
    #expect(poll(&asked, 1, 10_000) == 1 && asked.revents == Int16(POLLHUP))
  }

  @Test func `isolated, it has no network`() throws {
    // Of its own network it sees the loopback alone, which is down: three lines with the heads.
    #expect(try run("test $(wc -l < /proc/net/dev) -le 3", Self.limits(isIsolated: true)) == .exited(0))
  }

  @Test func `a program is found in the directories of PATH`() {
    #expect(ChildProcess.find("sh")?.hasSuffix("/sh") == true && ChildProcess.find("no-such-program") == nil)
  }
}
