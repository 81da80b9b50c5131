// Who is sent which presence change, and when it is persisted.
import Domain
import EventLoop
import Posix
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct PresenceTickTests {
  private var fixture = PresenceFixture()
  private let (alice, bob, mallory): (UserRowID, UserRowID, UserRowID)

  init() {
    (alice, bob, mallory) = (fixture.addUser(1, "alice"), fixture.addUser(2, "bob"), fixture.addUser(3, "mallory"))
  }

  /// Everyone in `users` is online, and has been sent so.
  private mutating func connect(_ users: UserRowID...) {
    for user in users { fixture.connect(user) }
    _ = fixture.run(8)
  }

  private var persisted: [[PresenceRecord]] { fixture.store.state.withLock { $0.persisted } }

  @Test mutating func `Alice, who shares two rooms with Bob, is sent the change once`() {
    fixture.setMembers(of: 1, [alice, bob])
    fixture.setMembers(of: 2, [alice, bob, mallory])
    connect(alice)
    fixture.connect(bob)
    #expect(fixture.run().filter { $0.hasPrefix("alice") } == ["alice: bob active"])
    #expect(fixture.run(20) == [])
  }

  @Test mutating func `Alice is sent each of two changes once, whichever rooms they share`() {
    fixture.setMembers(of: 1, [alice, bob, mallory])
    fixture.setMembers(of: 2, [alice, bob])
    fixture.setMembers(of: 3, [alice, mallory])
    connect(alice, bob, mallory)
    fixture.tracker.stateChanged(bob, isActive: false)
    fixture.tracker.stateChanged(mallory, isActive: false)
    #expect(fixture.run() == ["alice: bob idle, mallory idle", "bob: bob idle, mallory idle", "mallory: bob idle, mallory idle"])
  }

  @Test mutating func `Mallory, who shares no room with Bob, is sent nothing of Bob until they share one`() {
    fixture.setMembers(of: 1, [alice, bob])
    connect(alice, mallory)
    fixture.connect(bob)
    #expect(fixture.run().contains { $0.hasPrefix("mallory") } == false)
    fixture.setMembers(of: 1, [alice, bob, mallory])
    fixture.tracker.joinedRoom(mallory)
    fixture.requestSnapshot(mallory)
    #expect(
      fixture.run(8) == ["alice: mallory active", "bob: mallory active", "mallory: alice active, bob active", "mallory: mallory active"])
  }

  @Test mutating func `of a blocked pair, neither is sent the other's change or sees the other in a snapshot`() {
    fixture.setMembers(of: 1, [alice, bob, mallory])
    connect(alice, bob, mallory)
    // Before, both are.
    fixture.tracker.stateChanged(mallory, isActive: false)
    #expect(fixture.run(8).contains("alice: mallory idle"))
    fixture.block(alice, mallory)
    fixture.tracker.stateChanged(mallory, isActive: true)
    fixture.tracker.stateChanged(alice, isActive: false)
    #expect(fixture.run(8) == ["alice: alice idle", "bob: alice idle, mallory active", "mallory: mallory active"])
    for user in [alice, bob, mallory] { fixture.requestSnapshot(user) }
    #expect(
      fixture.run()
        == ["alice: alice idle, bob active", "bob: alice idle, bob active, mallory active", "mallory: bob active, mallory active"])
  }

  @Test mutating func `in a room too large for own snapshots, a blocked pair does not see each other either`() {
    let others = (10..<30).map { fixture.addUser($0, "user\($0)") }
    fixture.setMembers(of: 1, [alice, bob, mallory] + others)
    connect(alice, bob, mallory)
    fixture.block(alice, mallory)
    for user in [alice, bob, mallory] { fixture.requestSnapshot(user) }
    #expect(
      fixture.run()
        == ["alice: alice active, bob active", "bob: alice active, bob active, mallory active", "mallory: bob active, mallory active"])
  }

  @Test mutating func `a new subscriber is sent one snapshot of all small rooms, without those who are offline`() {
    let carol = fixture.addUser(4, "carol")
    fixture.setMembers(of: 1, [alice, bob, carol])
    fixture.setMembers(of: 2, [alice, bob, mallory])
    connect(bob, mallory)
    fixture.tracker.stateChanged(mallory, isActive: false)
    _ = fixture.run(8)
    fixture.connect(alice)
    #expect(fixture.run().filter { $0.hasPrefix("alice") } == ["alice: alice active", "alice: bob active, mallory idle"])
  }

  @Test mutating func `a connection for one room is sent a snapshot of that room alone`() {
    fixture.setMembers(of: 1, [alice, bob])
    fixture.setMembers(of: 2, [alice, mallory])
    connect(alice, bob, mallory)
    let subscriber = PresenceTracker.NewSubscriber(
      loop: 0, token: .init(slot: UInt32(alice.value), generation: 1), user: alice, roomFilter: RoomRowID(2))
    fixture.tracker.requestSnapshot(subscriber)
    #expect(fixture.run() == ["alice: alice active, mallory active"])
  }

  @Test mutating func `members of a large room are sent a count and no names`() {
    let others = (1000..<1500).map { fixture.addUser($0, "user\($0)") }
    fixture.setMembers(of: 1, [alice, bob] + others)
    fixture.connect(alice)
    #expect(fixture.run() == ["alice: room1 1 online"])
    fixture.connect(bob)
    #expect(fixture.run(8) == ["alice: room1 2 online", "bob: room1 2 online"])
    // An unchanged count is sent to those only who ask for it.
    fixture.requestSnapshot(bob)
    #expect(fixture.run(8) == ["bob: room1 2 online"])
    // A room that has lost its members, or is gone, has no count left to send.
    fixture.setMembers(of: 1, [])
    #expect(fixture.run(8) == [])
  }

  @Test mutating func `a user without an account is not published`() {
    fixture.setMembers(of: 1, [alice, bob])
    connect(alice, bob)
    fixture.store.state.withLock { $0.names[bob] = nil }
    fixture.tracker.stateChanged(bob, isActive: false)
    fixture.requestSnapshot(alice)
    #expect(fixture.run() == ["alice: alice active"])
  }

  @Test mutating func `a user is offline after the grace`() throws {
    fixture.setMembers(of: 1, [alice, bob])
    connect(alice, bob)
    fixture.tracker.closed(bob, wasActive: true)
    #expect(fixture.run(Int(PresenceTracker.graceTicks)) == [])
    #expect(fixture.run() == ["alice: bob offline", "bob: bob offline"])
    _ = fixture.run(4)
    #expect(try #require(persisted.last).map(\.state) == [.offline])
  }
}

extension PresenceTickTests {
  @Test mutating func `changes are persisted once a second at most, and the lease is renewed while anyone is online`() {
    fixture.setMembers(of: 1, [alice, bob])
    fixture.connect(alice)
    _ = fixture.run()
    #expect(persisted.map { $0.map(\.user) } == [[alice]], "at once, because the previous lease may be about to expire")
    fixture.connect(bob)
    fixture.tracker.stateChanged(alice, isActive: false)
    _ = fixture.run(3)
    #expect(persisted.count == 1)
    _ = fixture.run(4)
    #expect(persisted.dropFirst().flatMap { $0 }.map(\.user).sorted { $0.value < $1.value } == [alice, bob])
    let count = persisted.count
    #expect(count <= 3)
    // While nothing changes, only the lease is written.
    _ = fixture.run(Int(PresencePersistence.renewalTicks) * 2)
    #expect(persisted.count == count + 2 && persisted.suffix(2).allSatisfy(\.isEmpty))
    for user in [alice, bob] { fixture.tracker.closed(user, wasActive: user == bob) }
    _ = fixture.run(100)
    #expect(persisted.last?.map(\.state) == [.offline, .offline])
    let last = persisted.count
    _ = fixture.run(200)
    #expect(persisted.count == last, "nobody is online")
  }

  @Test mutating func `more changes than fit into one transaction follow a tick later, and all at once at the end`() {
    let users = (1000..<1000 + Int64(PresencePersistence.recordsMax) * 3).map { fixture.addUser($0, "user\($0)") }
    for user in users { fixture.connect(user) }
    _ = fixture.run()
    #expect(persisted.map(\.count) == [PresencePersistence.recordsMax])
    fixture.presence.persist(at: fixture.tracker.tick, isLast: true)
    #expect(persisted.map(\.count) == [PresencePersistence.recordsMax, PresencePersistence.recordsMax * 2])
  }

  @Test mutating func `a change is published and persisted although the database failed at first`() {
    fixture.setMembers(of: 1, [alice, bob])
    connect(alice, bob)
    fixture.store.state.withLock { $0.isBroken = true }
    fixture.tracker.stateChanged(bob, isActive: false)
    #expect(fixture.run(4) == [])
    let count = persisted.count
    fixture.store.state.withLock { $0.isBroken = false }
    #expect(fixture.run(4) == ["alice: bob idle", "bob: bob idle"])
    #expect(persisted.dropFirst(count).flatMap { $0 }.map(\.state) == [.idle])
  }

  @Test mutating func `a tick asks the database in one transaction, with as many look-ups for many users as for one`() {
    let users = (1000..<1300).map { fixture.addUser($0, "user\($0)") }
    for (index, user) in users.enumerated() { fixture.setMembers(of: Int64(index / 3 + 1), [alice, user]) }
    func cost(of users: some Sequence<UserRowID>) -> [Int] {
      fixture.store.state.withLock { ($0.transactions, $0.lookUps) = (0, 0) }
      for user in users { fixture.connect(user) }
      _ = fixture.run()
      return fixture.store.state.withLock { [$0.transactions, $0.lookUps] }
    }
    let one = cost(of: users.prefix(1))
    #expect(one == [1, 4])
    #expect(cost(of: users.dropFirst()) == one)
    #expect(cost(of: []) == [0, 0], "a tick without changes asks nothing")
  }
}
