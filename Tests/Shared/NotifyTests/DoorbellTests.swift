// The doorbell between the programs, and what can happen to its socket.
import Glibc
import Notify
import Posix
import TestSupport
import Testing

@Suite struct DoorbellTests {
  /// Longer than any test takes: a wait that lasts so long was not ended by a ring.
  static let long: Int32 = 20_000
  private let directory = TemporaryDirectory()
  private var path: String { directory.path + "/doorbell.sock" }

  /// Whether the receiver gets a ring. Without one the wait would take 20 seconds.
  private func receives(_ doorbell: DoorbellReceiver, _ bell: DoorbellSender) -> Bool {
    bell.ring()
    let begin = Clock.monotonicNanoseconds()
    doorbell.wait(milliseconds: Self.long / 4)
    return Clock.monotonicNanoseconds() - begin < 1_000_000 * Int64(Self.long / 8)
  }

  /// Milliseconds that a wait of `milliseconds` took.
  private func quiet(_ doorbell: DoorbellReceiver, milliseconds: Int32 = 20) -> Int64 {
    let begin = Clock.monotonicNanoseconds()
    doorbell.wait(milliseconds: milliseconds)
    return (Clock.monotonicNanoseconds() - begin) / 1_000_000
  }

  @Test func `a ring ends the waiting, and one that came before is not lost`() throws {
    let doorbell = try DoorbellReceiver(path: path)
    let bell = try DoorbellSender(path: path)
    #expect(receives(doorbell, bell))
    let ringer = Thread(name: "ringer") { bell.ring() }
    doorbell.wait(milliseconds: Self.long)
    ringer.join()
  }

  @Test func `without a ring the waiting lasts its time, and a hundred rings are one`() throws {
    let doorbell = try DoorbellReceiver(path: path)
    let bell = try DoorbellSender(path: path)
    #expect(quiet(doorbell) >= 19)
    for _ in 0..<100 { bell.ring() }
    #expect(quiet(doorbell, milliseconds: Self.long) < 1000)
    #expect(quiet(doorbell) >= 19, "nothing was left over")
  }

  @Test func `ringing where nobody lives neither blocks nor fails`() throws {
    let bell = try DoorbellSender(path: path)
    bell.ring()
    let nowhere = try DoorbellSender(path: "/nowhere/at/all.sock")
    nowhere.ring()
    let tooLong = try DoorbellSender(path: "/" + String(repeating: "x", count: 300))
    tooLong.ring()
    let doorbell = try DoorbellReceiver(path: path)
    #expect(receives(doorbell, bell), "a receiver created after the sender gets its rings")
  }

  @Test func `a doorbell that nobody answers is never waited for`() throws {
    let doorbell = try DoorbellReceiver(path: path)
    let bell = try DoorbellSender(path: path)
    for _ in 0..<20_000 { bell.ring() }
    #expect(quiet(doorbell, milliseconds: Self.long) < 1000)
  }

  @Test func `a flood of rings does not keep the owner from returning`() throws {
    let doorbell = try DoorbellReceiver(path: path)
    let path = path
    let isOver = Condition(false)
    let flooder = Thread(name: "flooder") {
      guard let bell = try? DoorbellSender(path: path) else { return }
      while isOver.wait(milliseconds: 0, { $0 ? true : nil }) == nil { for _ in 0..<100 { bell.ring() } }
    }
    for _ in 0..<50 { #expect(quiet(doorbell, milliseconds: Self.long) < 2000) }
    isOver.update { $0 = true }
    flooder.join()
  }

  @Test func `a socket that was removed is put back at the next quiet moment`() throws {
    let doorbell = try DoorbellReceiver(path: path)
    let bell = try DoorbellSender(path: path)
    #expect(receives(doorbell, bell))
    unlink(path)
    doorbell.wait(milliseconds: 1)
    #expect(TemporaryDirectory.names(in: directory.path) == ["doorbell.sock"])
    #expect(receives(doorbell, bell))
  }

  @Test func `a socket that a file or a dead socket has replaced is put back, and a living one stays until it dies`() throws {
    let doorbell = try DoorbellReceiver(path: path)
    let bell = try DoorbellSender(path: path)
    unlink(path)
    TemporaryDirectory.write(Array("not a socket".utf8), to: path)
    doorbell.wait(milliseconds: 1)
    #expect(receives(doorbell, bell))

    #expect(throws: Errno.self, "nobody takes the socket of a living receiver") { _ = try DoorbellReceiver(path: path) }
    #expect(receives(doorbell, bell))

    unlink(path)
    do {
      let other = try DoorbellReceiver(path: path)
      doorbell.wait(milliseconds: 1)
      #expect(receives(other, bell), "it is not taken from who lives there now, either")
    }
    doorbell.wait(milliseconds: 1)
    #expect(receives(doorbell, bell))
  }

  @Test func `where a directory stands the waiting goes on, and the bell is back once it is gone`() throws {
    let doorbell = try DoorbellReceiver(path: path)
    let bell = try DoorbellSender(path: path)
    unlink(path)
    mkdir(path, 0o700)
    for _ in 0..<3 { #expect(quiet(doorbell, milliseconds: 5) >= 4) }
    TemporaryDirectory.remove(path)
    doorbell.wait(milliseconds: 1)
    #expect(receives(doorbell, bell))
  }

  @Test func `when the whole directory was removed and made again, the bell is back`() throws {
    let run = directory.path + "/run"
    mkdir(run, 0o700)
    let doorbell = try DoorbellReceiver(path: run + "/doorbell.sock")
    let bell = try DoorbellSender(path: run + "/doorbell.sock")
    #expect(receives(doorbell, bell))
    TemporaryDirectory.remove(run)
    doorbell.wait(milliseconds: 1)
    mkdir(run, 0o700)
    doorbell.wait(milliseconds: 1)
    #expect(TemporaryDirectory.names(in: run) == ["doorbell.sock"])
    #expect(receives(doorbell, bell))
  }

  @Test func `a path that cannot be bound stops the start`() {
    #expect(throws: Errno.self) { _ = try DoorbellReceiver(path: "/nowhere/at/all.sock") }
  }
}
