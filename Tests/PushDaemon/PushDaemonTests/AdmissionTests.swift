// The limit of connections per user, and the daemon's command line.
import Domain
import Posix
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct AdmissionTests {
  @Test func `a user has up to the limit of connections, until one of them closes`() {
    let limiter = ConnectionLimiter<UserRowID>()
    let (alice, bob) = (UserRowID(1), UserRowID(2))
    #expect((0..<5).map { _ in limiter.acquire(alice, limit: 3) } == [true, true, true, false, false])
    #expect(limiter.acquire(bob, limit: 3))
    limiter.release(alice)
    #expect(limiter.acquire(alice, limit: 3) && !limiter.acquire(alice, limit: 3))
    #expect(limiter.acquire(alice, limit: nil), "without a limit there is always room")
    for _ in 0..<4 { limiter.release(alice) }
    limiter.release(alice)
    #expect(
      (0..<4).map { _ in limiter.acquire(alice, limit: 3) } == [true, true, true, false],
      "one release too many counts for nothing")
  }

  @Test func `the limit holds when many loops admit at once`() {
    let limiter = ConnectionLimiter<UserRowID>()
    let acquired = Threads.run(8) { _ in (0..<500).filter { _ in limiter.acquire(UserRowID(1), limit: 20) }.count }
    #expect(acquired.reduce(0, +) == 20)
  }

  @Test func `the arguments are understood in any order`() throws {
    let none = try Arguments([])
    #expect(none.listen == [] && none.listenDescriptors == [] && none.loops == nil && !none.wantsVersion && none.tables == [])
    let all = try Arguments([
      "--loops", "64", "--listen", "unix:/a", "--listen-fd", "3", "--listen", "127.0.0.1:0", "--listen-fd", "0", "--version",
      "--close-codes", "--events",
    ])
    #expect(all.listen == [.unix(path: "/a"), .ipv4(host: "127.0.0.1", port: 0)])
    #expect(all.listenDescriptors == [3, 0] && all.loops == 64 && all.wantsVersion && all.tables == [.closeCodes, .events])
  }

  @Test(arguments: Arguments.Table.allCases) func `a table is printed a word a line, each once`(table: Arguments.Table) throws {
    #expect(try Arguments([table.rawValue]).tables == [table])
    #expect(!table.words.isEmpty && Set(table.words).count == table.words.count)
    #expect(table.words.allSatisfy { $0.wholeMatch(of: /[a-z0-9_]+/) != nil })
  }

  @Test(arguments: [
    ["--listen"], ["--listen", "nowhere"], ["--listen-fd"], ["--listen-fd", "-1"], ["--listen-fd", "x"], ["--loops"], ["--loops", "0"],
    ["--loops", "65"], ["--loops", "two"], ["--help"], ["x"], [""], ["--version", "x"],
  ])
  func `arguments that are not understood stop the program with a sentence`(words: [String]) {
    let error = #expect(throws: Arguments.Invalid.self) { try Arguments(words) }
    #expect(error?.description.isEmpty == false)
  }
}
