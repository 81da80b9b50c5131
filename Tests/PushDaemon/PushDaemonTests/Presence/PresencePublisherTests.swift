// The publisher's thread: from the lease of the previous daemon to its end.
import Domain
import Posix
import Testing

@testable import PushDaemon

@Suite struct PresencePublisherTests {
  @Test func `the publisher adopts the lease, then publishes and persists changes until it stops`() throws {
    let (alice, bob) = (UserRowID(1), UserRowID(2))
    let store = InMemoryPresenceStore()
    store.state.withLock { state in
      state.names = [alice: "alice", bob: "bob"]
      state.members = [RoomRowID(1): [alice, bob]]
      state.adopted = [PresenceRecord(user: bob, state: .idle, lastSeenAt: Timestamp(milliseconds: Clock.wallMilliseconds()))]
    }
    let tracker = SharedPresenceTracker()
    let updates = Condition(0)
    let publisher = try PresencePublisher(store: store, tracker: tracker, loops: 1) { _ in updates.update { $0 += 1 } }
    #expect(tracker.online(of: [alice, bob]).map(\.user) == [bob])
    #expect(tracker.opened(alice))
    #expect(updates.wait(milliseconds: 10_000) { $0 > 0 ? true : nil } == true)
    publisher.stop()
    #expect(store.state.withLock { $0.persisted }.joined().contains { $0.user == alice && $0.state == .active })
  }
}
