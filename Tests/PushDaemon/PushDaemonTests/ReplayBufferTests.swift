// The newest events in memory.
import Domain
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct ReplayBufferTests {
  private func positions(_ replayBuffer: ReplayBuffer, after position: Int64, atMost limit: Int = .max) -> [Int64] {
    var seen: [Int64] = []
    _ = replayBuffer.forEach(after: position, where: { _ in true }) { event, batch in
      #expect(batch.events.contains { $0.position == event.position })
      seen.append(event.position)
      return seen.count < limit
    }
    return seen
  }

  @Test func `from any position that it reaches back to, the replay buffer has all later events, in order`() {
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
    #expect(replayBuffer.start > 1000, "nothing was ever dropped")
    #expect(positions(replayBuffer, after: replayBuffer.start) == Array(replayBuffer.start + 1...last))
    #expect(positions(replayBuffer, after: replayBuffer.start, atMost: 3) == Array(replayBuffer.start + 1...replayBuffer.start + 3))
    #expect(positions(replayBuffer, after: last + 50) == [])
  }

  @Test func `batches of other rooms are passed over, those with an event about a user are not`() {
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: 1 << 20)
    replayBuffer.append(batch(1...2))
    replayBuffer.append(EventBatch([entry(3, .newMessage, room: 2), entry(4, .newMessage, room: 2)]))
    replayBuffer.append(EventBatch([entry(5, .newMessage, room: 2), entry(6, .newMessage, room: 1)]))
    replayBuffer.append(EventBatch([entry(7, .memberJoined, room: 2, user: 9)]))
    var seen: [Int64] = []
    let isThrough = replayBuffer.forEach(after: 1, where: { $0 == RoomRowID(1) }) { event, _ in
      seen.append(event.position)
      return true
    }
    #expect(isThrough && seen == [2, 5, 6, 7])
    #expect(!replayBuffer.forEach(after: 1, where: { _ in true }) { _, _ in false })
  }

  @Test func `the replay buffer holds as many bytes as it may and drops the older of two batches`() {
    let (first, second, third) = (batch(1...10), batch(11...20), batch(21...30))
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: first.size + second.size)
    replayBuffer.append(first)
    replayBuffer.append(second)
    #expect(replayBuffer.start == 0)
    replayBuffer.append(third)
    #expect(replayBuffer.start >= 10 && replayBuffer.end == 30)
    #expect(positions(replayBuffer, after: replayBuffer.start) == Array(replayBuffer.start + 1...30))
  }

  @Test func `a replay buffer of no bytes keeps nothing but its position`() {
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: 0)
    for number in Int64(0)..<300 {
      replayBuffer.append(batch(number * 2 + 1...number * 2 + 2))
      #expect(
        replayBuffer.start == number * 2 + 2 && replayBuffer.end == replayBuffer.start
          && positions(replayBuffer, after: replayBuffer.start) == [])
    }
  }

  @Test func `a deletion empties the replay buffer, so that no deleted content is replayed from memory`() {
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: 1 << 20)
    replayBuffer.append(batch(1...5))
    replayBuffer.append(batch(6...6))
    #expect(replayBuffer.start == 0)
    replayBuffer.append(EventBatch([entry(7, .newMessage, room: 1), entry(8, .messageDeleted, room: 1)]))
    replayBuffer.append(batch(9...9))
    #expect(replayBuffer.start == 6 && replayBuffer.end == 9 && positions(replayBuffer, after: 6) == [7, 8, 9])
  }

  @Test func `an event is superseded by a newer one with the same compaction key`() {
    let one = EventBatch([
      entry(1, .receipt, room: 1, user: 1), entry(2, .receipt, room: 1, user: 2), entry(3, .ownReceipt, room: 1, user: 1),
      entry(4, .ownAccount, user: 1), entry(5, .ownAccount, user: 2),
    ])
    let two = EventBatch([
      entry(6, .receipt, room: 1, user: 1), entry(7, .receipt, room: 2, user: 2), entry(8, .newMessage, room: 1),
      entry(9, .ownAccount, user: 1),
    ])
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: one.size + two.size)
    func superseded() -> [Int64] { (one.events + two.events).filter(replayBuffer.isSuperseded).map(\.position) }
    replayBuffer.append(one)
    #expect(superseded() == [])
    replayBuffer.append(two)
    #expect(superseded() == [1, 4])
    replayBuffer.append(batch(10...10))
    #expect(replayBuffer.start == 5 && superseded() == [1, 4], "a dropped event may still be sent from a backlog")
    replayBuffer.append(batch(11...60))
    #expect(replayBuffer.start >= 9 && superseded() == [], "dropped events supersede nothing")
  }

  @Test func `dropped batches are freed`() {
    let replayBuffer = ReplayBuffer(startingAt: 0, bytesMax: 0)
    weak var gone: EventBatch?
    for number in Int64(1)...10 {
      let newest = batch(number...number)
      if number == 1 { gone = newest }
      replayBuffer.append(newest)
    }
    #expect(gone == nil)
    #expect(replayBuffer.end == 10)
  }
}
