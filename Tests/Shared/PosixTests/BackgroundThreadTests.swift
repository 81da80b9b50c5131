// The background thread: it works until it is stopped, and stopping does not wait for a pause to end.
import Posix
import Testing

@Suite struct BackgroundThreadTests {
  @Test func `the body loops until the thread is stopped`() {
    let rounds = Condition(0)
    let thread = BackgroundThread(name: "looper") { stop in
      while !stop.wait(milliseconds: 1) { rounds.update { $0 += 1 } }
    }
    #expect(rounds.wait(milliseconds: 5000) { $0 >= 3 ? true : nil } == true)
    thread.stop()
    let atStop = rounds.update { $0 }
    #expect(rounds.wait(milliseconds: 30) { $0 > atStop ? true : nil } == nil, "a stopped thread works no more")
  }

  @Test func `stopping ends a long pause at once, and waits for the work after it`() {
    let finished = Condition(false)
    let thread = BackgroundThread(name: "sleeper") { stop in
      while !stop.wait(milliseconds: 60_000) {}
      finished.update { $0 = true }
    }
    let begin = Clock.monotonicNanoseconds()
    thread.stop()
    #expect(Clock.monotonicNanoseconds() - begin < 10_000_000_000)
    #expect(finished.update { $0 })
  }
}
