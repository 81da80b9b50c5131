// What a log line begins with: a priority for systemd's journal, a word for everybody else.
import Glibc
import Testing

@testable import Posix

@Suite struct LogTests {
  @Test func `the journal reads priorities, people read words`() {
    let journal = [Log.Level.error, .warning, .info, .debug].map { $0.prefix(isJournal: true) }
    #expect(journal == ["<3>", "<4>", "<6>", "<7>"])
    let words = [Log.Level.error, .warning, .info, .debug].map { $0.prefix(isJournal: false) }
    #expect(words == ["error: ", "warning: ", "", "debug: "])
  }

  @Test func `fields follow the words, and a value that could be misread is in quotes`() {
    let line = Log.line("commit", ["operations": 3, "path": "/a b", "empty": "", "said": #"a="b"\"#, "name": "é"])
    #expect(line == #"commit operations=3 path="/a b" empty="" said="a=\"b\"\\" name=é"#)
    #expect(Log.line("words alone", [:]) == "words alone")
  }

  @Test func `a descriptor is the journal's if it has the device and inode that systemd names`() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    var status = stat()
    #expect(fstat(ends[1], &status) == 0)
    let (device, inode) = (status.st_dev, status.st_ino)
    #expect(Log.isJournal(ends[1], stream: "\(device):\(inode)"))
    for stream in [
      nil, "", ":", "\(device)", "\(device):", ":\(inode)", "\(device):\(inode):1", "\(device + 1):\(inode)", "\(device):\(inode + 1)",
      "-1:\(inode)", "\(device) :\(inode)",
    ] {
      #expect(!Log.isJournal(ends[1], stream: stream), "\(stream ?? "none")")
    }
    #expect(!Log.isJournal(-1, stream: "\(device):\(inode)"))
  }
}
