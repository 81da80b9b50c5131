// The rules of presence, against a clock that the test sets.
import Domain
import EventLoop
import Posix
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct PresenceTrackerTests {
  private static let (alice, bob) = (UserRowID(1), UserRowID(2))
  private static let second = PresenceTracker.ticksPerSecond

  /// A tracker and the time. Logs everything that is published as "tick user state".
  private struct Watch {
    var tracker = PresenceTracker()
    var now: PresenceTracker.Tick = 100

    /// Lets time pass and returns what becomes due.
    mutating func wait(_ ticks: PresenceTracker.Tick) -> [String] {
      var published: [String] = []
      for _ in 0..<ticks {
        published += tracker.takeChanges(at: now).map { "\(now - 100) \($0.user == alice ? "alice" : "bob") \($0.state.word)" }
        now += 1
      }
      return published
    }

    mutating func open(_ user: UserRowID) {
      let counts = tracker.opened(user, at: now)
      #expect(counts)
    }

    mutating func close(_ user: UserRowID, wasActive: Bool = true) { tracker.closed(user, wasActive: wasActive, at: now) }
    mutating func setState(_ user: UserRowID, isActive: Bool) { tracker.stateChanged(user, isActive: isActive, at: now) }
  }

  @Test func `Alice connects, becomes idle and leaves: published at once, at once, and after the grace`() {
    var watch = Watch()
    watch.open(Self.alice)
    #expect(watch.wait(10) == ["0 alice active"])
    watch.setState(Self.alice, isActive: false)
    #expect(watch.wait(10) == ["10 alice idle"])
    watch.close(Self.alice, wasActive: false)
    #expect(watch.wait(100) == ["52 alice offline"])
    #expect(watch.tracker.count == 0 && watch.tracker.published(Self.alice) == nil)
  }

  @Test func `the most active device counts`() {
    var watch = Watch()
    for _ in 0..<3 { watch.open(Self.alice) }
    _ = watch.wait(20)
    watch.setState(Self.alice, isActive: false)
    watch.setState(Self.alice, isActive: false)
    #expect(watch.wait(20) == [])
    watch.close(Self.alice)
    #expect(watch.wait(20) == ["40 alice idle"])
    watch.setState(Self.alice, isActive: true)
    #expect(watch.wait(20) == ["60 alice active"])
  }

  @Test func `a reconnect within the grace publishes nothing, and idle stays idle if the new connection says so at once`() {
    var watch = Watch()
    watch.open(Self.alice)
    watch.setState(Self.alice, isActive: false)
    #expect(watch.wait(8) == ["0 alice idle"])
    for _ in 0..<5 {
      watch.close(Self.alice, wasActive: false)
      #expect(watch.wait(PresenceTracker.graceTicks - 1) == [])
      watch.open(Self.alice)
      #expect(watch.wait(2) == [])
      watch.setState(Self.alice, isActive: false)
      #expect(watch.wait(8) == [])
    }
    // A new connection makes the user active unless it reports idle within the debounce time.
    watch.open(Self.alice)
    #expect(watch.wait(3) == [])
    #expect(watch.wait(5).count == 1)
  }

  @Test func `users recorded online by an earlier daemon are published only if they do not reconnect`() {
    var watch = Watch()
    watch.tracker.restore(Self.alice, .idle, lastSeen: -7, at: watch.now)
    watch.tracker.restore(Self.bob, .active, lastSeen: 3, at: watch.now)
    #expect(watch.tracker.published(Self.alice) == PresenceTracker.Change(user: Self.alice, state: .idle, lastSeen: -7))
    #expect(watch.wait(8) == [])
    watch.open(Self.bob)
    #expect(watch.wait(100) == ["32 alice offline"])
    #expect(watch.tracker.published(Self.bob)?.state == .active)
  }

  @Test(arguments: [Int64.min / 2, 0, 4_000_000_000_000])
  func `a user recorded under a clock that was set wrong is published all the same`(seenAt: Int64) throws {
    let tracker = SharedPresenceTracker()
    tracker.restore([PresenceRecord(user: Self.alice, state: .idle, lastSeenAt: Timestamp(milliseconds: seenAt))])
    let change = try #require(tracker.take(at: PresenceTracker.graceTicks + 1).changes.first)
    #expect(change.state == .offline)
    #expect(tracker.time(change.lastSeen).milliseconds <= Clock.wallMilliseconds())
  }

  @Test func `a tick has one time, whenever it is asked, until the clock is set`() {
    let clocks = Lock((monotonic: Int64(7_000_000_000), wall: Int64(1_800_000_000_000)))
    let tracker = SharedPresenceTracker(
      monotonicNanoseconds: { clocks.withLock { $0.monotonic } }, wallMilliseconds: { clocks.withLock { $0.wall } })
    func pass(_ milliseconds: Int64) {
      clocks.withLock { $0 = ($0.monotonic + milliseconds * 1_000_000, $0.wall + milliseconds) }
    }
    for _ in 0..<9 {
      #expect(tracker.time(2).milliseconds == 1_800_000_000_500)
      pass(113)
    }
    #expect(tracker.tick == 4 && tracker.time(tracker.tick).milliseconds == 1_800_000_001_000)
    clocks.withLock { $0.wall += 3_600_000 }
    #expect(tracker.time(2).milliseconds == 1_800_003_600_500)
  }

  @Test func `a device that keeps changing its state is published once a second at most`() {
    var watch = Watch()
    watch.open(Self.alice)
    var published = watch.wait(1)
    for step in 0..<40 {
      watch.setState(Self.alice, isActive: step % 2 == 1)
      published += watch.wait(1)
    }
    #expect(published.count <= 11)
    #expect(published.count > 1)
  }

  @Test func `a user who joins a room is published to it although nothing has changed`() {
    var watch = Watch()
    watch.open(Self.alice)
    _ = watch.wait(8)
    watch.tracker.joinedRoom(Self.alice, at: watch.now)
    watch.tracker.joinedRoom(Self.bob, at: watch.now)
    #expect(watch.wait(8) == ["8 alice active"])
  }

  @Test func `connections beyond the bound do not count, new subscribers beyond it are not kept`() {
    var tracker = PresenceTracker()
    var counted = 0
    for _ in 0..<PresenceTracker.connectionsPerUserMax where tracker.opened(Self.alice, at: 0) { counted += 1 }
    #expect(counted == PresenceTracker.connectionsPerUserMax)
    let oneMore = tracker.opened(Self.alice, at: 0)
    #expect(!oneMore)
    let subscriber = PresenceTracker.NewSubscriber(loop: 0, token: Token(slot: 0, generation: 1), user: Self.alice, roomFilter: nil)
    for _ in 0...PresenceTracker.newSubscribersMax { tracker.requestSnapshot(subscriber) }
    let counts = [tracker.takeNewSubscribers().count, tracker.takeNewSubscribers().count]
    #expect(counts == [PresenceTracker.newSubscribersMax, 0])
  }

  @Test func `events of unknown connections change nothing`() {
    var watch = Watch()
    watch.close(Self.alice)
    watch.setState(Self.alice, isActive: true)
    #expect(watch.wait(50) == [] && watch.tracker.count == 0)
  }

  @Test func `after random events, the state published last is the true one, and no state is published twice`() {
    var random = SplitMix(seed: 4)
    var watch = Watch()
    var connections: [UserRowID: [Bool]] = [:]
    var published: [UserRowID: PresenceState] = [:]
    for _ in 0..<5000 {
      let user = UserRowID(random.int64(1...3))
      switch random.int(0...3) {
      case 0:
        watch.open(user)
        connections[user, default: []].append(true)
      case 1:
        guard let active = connections[user]?.popLast() else { continue }
        watch.close(user, wasActive: active)
      case 2:
        guard let active = connections[user]?.last else { continue }
        watch.setState(user, isActive: !active)
        connections[user, default: []][(connections[user]?.count ?? 1) - 1] = !active
      default:
        watch.now += PresenceTracker.Tick(random.int(1...40))
      }
      for change in watch.tracker.takeChanges(at: watch.now) {
        #expect(published[change.user, default: .offline] != change.state)
        published[change.user] = change.state
      }
    }
    watch.now += 1000
    for change in watch.tracker.takeChanges(at: watch.now) { published[change.user] = change.state }
    for number in Int64(1)...3 {
      let connections = connections[UserRowID(number)] ?? []
      #expect(
        published[UserRowID(number), default: .offline] == (connections.isEmpty ? .offline : connections.contains(true) ? .active : .idle))
    }
  }
}
