// Threads that wait for one another.
import Posix
import TestSupport
import Testing

@Suite struct ConditionTests {
  @Test func `who waits gets what another thread brings, and takes it`() {
    let box = Condition<Int?>(nil)
    let thread = Thread(name: "bringer") { box.update { $0 = 7 } }
    let taken: Int? = box.wait(milliseconds: 5000) { value in
      defer { value = nil }
      return value
    }
    thread.join()
    #expect(taken == 7)
    #expect(box.update { $0 } == nil)
  }

  @Test func `a wait ends by itself when nothing comes, and not before its time`() {
    let never = Condition(false)
    let begin = Clock.monotonicNanoseconds()
    #expect(never.wait(milliseconds: 30) { $0 ? true : nil } == nil)
    #expect(Clock.monotonicNanoseconds() - begin >= 30_000_000)
    #expect(never.wait(milliseconds: 0) { $0 ? true : nil } == nil)
    #expect(Condition(true).wait(milliseconds: 0) { $0 ? true : nil } == true)
  }

  @Test func `eight threads count to forty thousand without losing one`() {
    let count = Condition(0)
    _ = Threads.run(8) { _ in for _ in 0..<5000 { count.update { $0 += 1 } } }
    #expect(count.update { $0 } == 40_000)
  }

  @Test func `all who wait are woken by one change`() {
    let gate = Condition((waiting: 0, isOpen: false))
    let opener = Thread(name: "opener") {
      _ = gate.wait(milliseconds: 5000) { $0.waiting == 6 ? true : nil }
      gate.update { $0.isOpen = true }
    }
    // A thread that is not woken finds the gate open only when its wait has timed out.
    let pauses = Threads.run(6) { _ -> Int64 in
      gate.update { $0.waiting += 1 }
      let begin = Clock.monotonicNanoseconds()
      _ = gate.wait(milliseconds: 5000) { $0.isOpen ? true : nil }
      return (Clock.monotonicNanoseconds() - begin) / 1_000_000
    }
    opener.join()
    #expect(pauses.allSatisfy { $0 < 4000 })
    #expect(gate.update { $0.isOpen })
  }

  @Test func `each thing that is brought is taken by exactly one of many`() {
    let queue = Condition<[Int]>([])
    let takers = Threads.run(5) { thread -> [Int] in
      if thread == 0 {
        for number in 0..<4000 { queue.update { $0.append(number) } }
        queue.update { $0 += [-1, -1, -1, -1] }
        return []
      }
      var mine: [Int] = []
      while let number = queue.wait(milliseconds: 5000, { $0.isEmpty ? nil : $0.removeFirst() }), number >= 0 { mine.append(number) }
      return mine
    }
    #expect(takers.flatMap { $0 }.sorted() == Array(0..<4000))
  }

  @Test func `an error in a change lets the lock go`() {
    struct Oops: Error {}
    let state = Condition(0)
    #expect(throws: Oops.self) {
      try state.update { value in
        value = 1
        throw Oops()
      }
    }
    #expect(state.update { $0 } == 1)
  }
}
