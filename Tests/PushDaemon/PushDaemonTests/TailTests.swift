// The newest news in memory.
import Domain
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct TailTests {
  private func positions(_ tail: Tail, after position: Int64, atMost limit: Int = .max) -> [Int64] {
    var seen: [Int64] = []
    tail.forEach(after: position) { item, batch in
      #expect(batch.items.contains { $0.position == item.position })
      seen.append(item.position)
      return seen.count < limit
    }
    return seen
  }

  @Test func `from any position that it reaches back to, the tail tells all that came after, in order`() {
    var random = SplitMix(seed: 10)
    let tail = Tail(startingAt: 1000, bytesMax: 20_000)
    #expect(tail.start == 1000 && tail.end == 1000 && positions(tail, after: 1000) == [])
    var last: Int64 = 1000
    for _ in 0..<600 {
      let next = last + random.int64(1...6)
      tail.append(batch(last + 1...next))
      last = next
      #expect(tail.end == last && tail.start <= last)
      let after = random.int64(tail.start...last)
      #expect(positions(tail, after: after) == (after == last ? [] : Array(after + 1...last)))
    }
    #expect(tail.start > 1000, "nothing was ever let go")
    #expect(positions(tail, after: tail.start) == Array(tail.start + 1...last))
    #expect(positions(tail, after: tail.start, atMost: 3) == Array(tail.start + 1...tail.start + 3))
    #expect(positions(tail, after: last + 50) == [])
  }

  @Test func `the tail holds as many bytes as it may, and of two batches lets the older go`() {
    let (first, second, third) = (batch(1...10), batch(11...20), batch(21...30))
    let tail = Tail(startingAt: 0, bytesMax: first.size + second.size)
    tail.append(first)
    tail.append(second)
    #expect(tail.start == 0)
    tail.append(third)
    #expect(tail.start >= 10 && tail.end == 30)
    #expect(positions(tail, after: tail.start) == Array(tail.start + 1...30))
  }

  @Test func `a tail of no bytes remembers nothing but where it is`() {
    let tail = Tail(startingAt: 0, bytesMax: 0)
    for number in Int64(0)..<300 {
      tail.append(batch(number * 2 + 1...number * 2 + 2))
      #expect(tail.start == number * 2 + 2 && tail.end == tail.start && positions(tail, after: tail.start) == [])
    }
  }

  @Test func `a deletion cuts the tail, so that no deleted words are told again from memory`() {
    let tail = Tail(startingAt: 0, bytesMax: 1 << 20)
    tail.append(batch(1...5))
    tail.append(batch(6...6))
    #expect(tail.start == 0)
    tail.append(NewsBatch([entry(7, .newMessage, room: 1), entry(8, .messageDeleted, room: 1)]))
    tail.append(batch(9...9))
    #expect(tail.start == 6 && tail.end == 9 && positions(tail, after: 6) == [7, 8, 9])
  }

  @Test func `who comes back is spared what newer news tells anew`() {
    let one = NewsBatch([
      entry(1, .receipt, room: 1, user: 1), entry(2, .receipt, room: 1, user: 2), entry(3, .ownReceipt, room: 1, user: 1),
    ])
    let two = NewsBatch([entry(4, .receipt, room: 1, user: 1), entry(5, .receipt, room: 2, user: 2), entry(6, .newMessage, room: 1)])
    let tail = Tail(startingAt: 0, bytesMax: one.size + two.size)
    func replaced() -> [Int64] { (one.items + two.items).filter(tail.isReplaced).map(\.position) }
    tail.append(one)
    #expect(replaced() == [])
    tail.append(two)
    #expect(replaced() == [1])
    tail.append(batch(7...7))
    #expect(tail.start == 3 && replaced() == [1], "what was let go of may still be told to somebody who is reading the journal")
    tail.append(batch(8...60))
    #expect(tail.start >= 6 && replaced() == [], "of what it does not remember, it knows nothing")
  }

  @Test func `what the tail has let go of is gone from memory too`() {
    let tail = Tail(startingAt: 0, bytesMax: 0)
    weak var gone: NewsBatch?
    for number in Int64(1)...10 {
      let news = batch(number...number)
      if number == 1 { gone = news }
      tail.append(news)
    }
    #expect(gone == nil)
    #expect(tail.end == 10)
  }
}
