// Threads: their end is waited for as often as asked, by anybody.
import Posix
import Testing

@Suite struct ThreadTests {
  @Test func `any number of threads may wait for the end of one, again and again`() {
    let (isOpen, ended) = (Condition(false), Lock(false))
    let thread = Thread(name: "ending") {
      _ = isOpen.wait { $0 ? true : nil }
      ended.withLock { $0 = true }
    }
    let seen = Lock(0)
    let waiting = (0..<4).map { number in
      Thread(name: "waiting-\(number)") {
        thread.join()
        if ended.withLock({ $0 }) { seen.withLock { $0 += 1 } }
      }
    }
    isOpen.update { $0 = true }
    for waiter in waiting { waiter.join() }
    thread.join()
    #expect(seen.withLock { $0 } == 4)
  }

  @Test func `a thread that waits for itself goes on`() {
    let own = Condition<Thread?>(nil)
    let passed = Condition(false)
    let thread = Thread(name: "own") {
      own.wait { $0 }?.join()
      passed.update { $0 = true }
    }
    own.update { $0 = thread }
    thread.join()
    #expect(passed.update { $0 })
  }
}
