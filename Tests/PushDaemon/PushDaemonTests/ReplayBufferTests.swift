// The newest news in memory.
import Domain
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct ReplayBufferTests {
  private func positions(_ replayBuffer: ReplayBuffer, after position: Int64, atMost limit: Int = .max) -> [Int64] {
    var seen: [Int64] = []
    replayBuffer.forEach(after: position) { item, batch in
      #expect(batch.items.contains { $0.position == item.position })
      seen.append(item.position)
      return seen.count < limit
    }
    return seen
  }

  @Test func `from any position that it reaches back to, the replayBuffer tells all that came after, in order`() {
    var random = SplitMix(seed: 10)
    let replayBuffer = ReplayBuffer(startingAt: 1000, bytesMax: 20_000)
    #expect(replayBuffer.start == 1000 && replayBuffer.end == 1000 && positions(replayBuffer, after: 1000) == [])
    var last: Int64 = 1000
    for _ in 0..<600 {
      let next = last + random.int64(1...6)
      replayBuffer.append(batch(last + 1...next))
      last = next
      #expect(replayBuffer.end == last && replayBuffer.start <= last)
      let after = random.int64(replayBuffer.start...last)
      #expect(positions(replayBuffer, after: after) == (after == last ? [] : Array(after + 1...last)))
    }
    #expect(replayBuffer.start > 1000, "nothing was ever let go")
    #expect(positions(replayBuffer, after: replayBuffer.start) == Array(replayBuffer.start + 1...last))
    #expect(positions(replayBuffer, after: replayBuffer.start, atMost: 3) == Array(replayBuffer.start + 1...replayBuffer.start + 3))
    #expect(positions(replayBuffer, after: last + 50) == [])
  }

  @Test func `the replayBuffer holds as many bytes as it may, and of two batches lets the older go`() {
    let (first, second, third) = (batch(1...10), batch(11...20), batch(21...30))
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: first.size + second.size)
    replayBuffer.append(first)
    replayBuffer.append(second)
    #expect(replayBuffer.start == 0)
    replayBuffer.append(third)
    #expect(replayBuffer.start >= 10 && replayBuffer.end == 30)
    #expect(positions(replayBuffer, after: replayBuffer.start) == Array(replayBuffer.start + 1...30))
  }

  @Test func `a replayBuffer of no bytes remembers nothing but where it is`() {
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: 0)
    for number in Int64(0)..<300 {
      replayBuffer.append(batch(number * 2 + 1...number * 2 + 2))
      #expect(
        replayBuffer.start == number * 2 + 2 && replayBuffer.end == replayBuffer.start
          && positions(replayBuffer, after: replayBuffer.start) == [])
    }
  }

  @Test func `a deletion cuts the replayBuffer, so that no deleted words are told again from memory`() {
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: 1 << 20)
    replayBuffer.append(batch(1...5))
    replayBuffer.append(batch(6...6))
    #expect(replayBuffer.start == 0)
    replayBuffer.append(EventBatch([entry(7, .newMessage, room: 1), entry(8, .messageDeleted, room: 1)]))
    replayBuffer.append(batch(9...9))
    #expect(replayBuffer.start == 6 && replayBuffer.end == 9 && positions(replayBuffer, after: 6) == [7, 8, 9])
  }

  @Test func `who comes back is spared what newer news tells anew`() {
    let one = EventBatch([
      entry(1, .receipt, room: 1, user: 1), entry(2, .receipt, room: 1, user: 2), entry(3, .ownReceipt, room: 1, user: 1),
    ])
    let two = EventBatch([entry(4, .receipt, room: 1, user: 1), entry(5, .receipt, room: 2, user: 2), entry(6, .newMessage, room: 1)])
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: one.size + two.size)
    func replaced() -> [Int64] { (one.items + two.items).filter(replayBuffer.isSuperseded).map(\.position) }
    replayBuffer.append(one)
    #expect(replaced() == [])
    replayBuffer.append(two)
    #expect(replaced() == [1])
    replayBuffer.append(batch(7...7))
    #expect(replayBuffer.start == 3 && replaced() == [1], "what was let go of may still be told to somebody who is reading the journal")
    replayBuffer.append(batch(8...60))
    #expect(replayBuffer.start >= 6 && replaced() == [], "of what it does not remember, it knows nothing")
  }

  @Test func `what the replayBuffer has let go of is gone from memory too`() {
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: 0)
    weak var gone: EventBatch?
    for number in Int64(1)...10 {
      let news = batch(number...number)
      if number == 1 { gone = news }
      replayBuffer.append(news)
    }
    #expect(gone == nil)
    #expect(replayBuffer.end == 10)
  }
}
