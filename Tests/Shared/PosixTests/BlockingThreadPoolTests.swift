// The thread pool: what is submitted runs once, what does not fit is rejected, and the threads end with the pool.
import Posix
import Testing

@Suite struct BlockingThreadPoolTests {
  @Test func `each work item runs once, on threads that may wait for one another`() {
    let pool = BlockingThreadPool(name: "pool", threads: 2, queueMax: 1000)
    let seen = Condition<[Int]>([])
    for number in 0..<1000 { #expect(pool.submit { seen.update { $0.append(number) } }) }
    #expect(seen.wait(milliseconds: 10_000) { $0.count == 1000 ? true : nil } == true)
    #expect(seen.update { $0.sorted() } == Array(0..<1000))
  }

  @Test func `a full queue rejects the next item at once`() {
    let pool = BlockingThreadPool(name: "pool", threads: 1, queueMax: 20_000)
    let gate = Condition((isIn: false, isOpen: false))
    let isHeld = pool.submit {
      gate.update { $0.isIn = true }
      _ = gate.wait { $0.isOpen ? true : nil }
    }
    #expect(isHeld)
    _ = gate.wait { $0.isIn ? true : nil }
    let accepted = (0..<20_005).filter { _ in pool.submit {} }.count
    #expect(accepted == 20_000)
    gate.update { $0.isOpen = true }
  }

  @Test func `what is queued when the pool is released still runs`() {
    let ran = Condition(0)
    do {
      let pool = BlockingThreadPool(name: "pool", threads: 1, queueMax: 100)
      for _ in 0..<100 { #expect(pool.submit { ran.update { $0 += 1 } }) }
    }
    #expect(ran.wait(milliseconds: 10_000) { $0 == 100 ? true : nil } == true)
  }
}
