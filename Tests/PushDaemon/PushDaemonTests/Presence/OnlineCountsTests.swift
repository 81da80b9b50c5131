// When large rooms are counted, and who is sent the count.
import Domain
import EventLoop
import Testing

@testable import PushDaemon

@Suite struct OnlineCountsTests {
  private func size(_ members: Int64) -> RoomSize { RoomSize(room: RoomRowID(1), memberCount: members) }

  private func subscriber(_ slot: UInt32) -> PresenceTracker.NewSubscriber {
    PresenceTracker.NewSubscriber(loop: 0, token: Token(slot: slot, generation: 1), user: UserRowID(1), roomFilter: nil)
  }

  @Test func `a large room is counted once a second however many connect, and a larger one more rarely`() {
    func counted(_ members: Int64, seconds: PresenceTracker.Tick) -> Int {
      var counts = OnlineCounts()
      var times = 0
      for tick in 0..<(seconds * PresenceTracker.ticksPerSecond) {
        for _ in 0..<10 { counts.markChanged(size(members), at: tick) }
        for room in counts.due(at: tick) {
          times += 1
          if case .newSubscribers = counts.record(room, 1 + times, at: tick) {
            Issue.record("the count has changed, and not everyone is sent it")
          }
        }
      }
      return times
    }
    #expect(counted(501, seconds: 10) == 10)
    #expect(counted(100_000, seconds: 10) == 2)
  }

  @Test func `an unchanged count is sent only to new subscribers`() {
    var counts = OnlineCounts()
    counts.markChanged(size(600), waiting: subscriber(1), at: 0)
    guard case .everyone = counts.record(RoomRowID(1), 7, at: 0) else { return #expect(Bool(false)) }
    counts.markChanged(size(600), waiting: subscriber(2), at: 1)
    #expect(counts.due(at: 3) == [] && counts.due(at: 4) == [RoomRowID(1)])
    guard case .newSubscribers(let waiting) = counts.record(RoomRowID(1), 7, at: 4) else { return #expect(Bool(false)) }
    #expect(waiting.map(\.token.slot) == [2])
    #expect(counts.due(at: 100) == [])
  }
}
