// How many lines a user may have, and what the operator may write behind the program's name.
import Domain
import Posix
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct AdmissionTests {
  @Test func `a user has so many lines and no more, until one of them goes`() {
    let connectionLimiter = ConnectionLimiter()
    let (alice, bob) = (UserRowID(1), UserRowID(2))
    #expect((0..<5).map { _ in connectionLimiter.enter(alice, limit: 3) } == [true, true, true, false, false])
    #expect(connectionLimiter.enter(bob, limit: 3))
    connectionLimiter.leave(alice)
    #expect(connectionLimiter.enter(alice, limit: 3) && !connectionLimiter.enter(alice, limit: 3))
    #expect(connectionLimiter.enter(alice, limit: nil), "without a limit there is room")
    for _ in 0..<4 { connectionLimiter.leave(alice) }
    connectionLimiter.leave(alice)
    #expect(
      (0..<4).map { _ in connectionLimiter.enter(alice, limit: 3) } == [true, true, true, false],
      "leaving once too often counts for nothing")
  }

  @Test func `however many loops let people in at once, the limit holds`() {
    let connectionLimiter = ConnectionLimiter()
    let entered = Threads.run(8) { _ in (0..<500).filter { _ in connectionLimiter.enter(UserRowID(1), limit: 20) }.count }
    #expect(entered.reduce(0, +) == 20)
  }

  @Test func `the arguments are understood in any order`() throws {
    let none = try Arguments([])
    #expect(none.listen == [] && none.listenDescriptors == [] && none.loops == nil && !none.wantsVersion)
    let all = try Arguments([
      "--loops", "64", "--listen", "unix:/a", "--listen-fd", "3", "--listen", "127.0.0.1:0", "--listen-fd", "0", "--version",
    ])
    #expect(all.listen == [.unix(path: "/a"), .ipv4(host: "127.0.0.1", port: 0)])
    #expect(all.listenDescriptors == [3, 0] && all.loops == 64 && all.wantsVersion)
  }

  @Test(arguments: [
    ["--listen"], ["--listen", "nowhere"], ["--listen-fd"], ["--listen-fd", "-1"], ["--listen-fd", "x"], ["--loops"], ["--loops", "0"],
    ["--loops", "65"], ["--loops", "two"], ["--help"], ["x"], [""], ["--version", "x"],
  ])
  func `what is not understood stops the program with a sentence`(words: [String]) {
    let error = #expect(throws: Arguments.Invalid.self) { try Arguments(words) }
    #expect(error?.description.isEmpty == false)
  }
}
