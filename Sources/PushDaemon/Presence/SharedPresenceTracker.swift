// The presence tracker that all loops report to and the publisher reads.
import Domain
import EventLoop
import Posix

/// May be used from any thread; each call holds the lock for well under a microsecond, except where it says how long.
final class SharedPresenceTracker: Sendable {
  static let tickMilliseconds: Int64 = 250

  private let tracker = Lock(PresenceTracker())
  private let monotonicNanoseconds: @Sendable () -> Int64
  private let wallMilliseconds: @Sendable () -> Int64
  private let start: Int64
  /// The wall-clock time of tick 0, in milliseconds.
  private let origin: Lock<Int64>

  /// `monotonicNanoseconds` is the clock that ticks are counted by.
  init(
    monotonicNanoseconds: @escaping @Sendable () -> Int64 = { Clock.monotonicNanoseconds() },
    wallMilliseconds: @escaping @Sendable () -> Int64 = { Clock.wallMilliseconds() }
  ) {
    self.monotonicNanoseconds = monotonicNanoseconds
    self.wallMilliseconds = wallMilliseconds
    start = monotonicNanoseconds()
    origin = Lock(wallMilliseconds())
  }

  /// The current tick.
  var tick: PresenceTracker.Tick {
    PresenceTracker.Tick(clamping: (monotonicNanoseconds() - start) / (Self.tickMilliseconds * 1_000_000))
  }

  /// The wall-clock time at which a tick began: the same whenever it is asked, unless the clock was set meanwhile.
  func time(_ tick: PresenceTracker.Tick) -> Timestamp {
    let now = wallMilliseconds() - (monotonicNanoseconds() - start) / 1_000_000
    let origin = origin.withLock { origin in
      if abs(now - origin) > Self.tickMilliseconds { origin = now }
      return origin
    }
    // In 64 bits: a time recorded while the clock stood at 1970 lies before the smallest tick.
    return Timestamp(milliseconds: origin + Int64(tick) * Self.tickMilliseconds)
  }

  /// Adopts the users whom the previous daemon recorded as online.
  func restore(_ records: [PresenceRecord]) {
    let (now, wall) = (tick, Clock.wallMilliseconds())
    tracker.withLock { tracker in
      for record in records {
        let lastSeen = Int64(now) - max(0, wall - record.lastSeenAt.milliseconds) / Self.tickMilliseconds
        tracker.restore(record.user, record.state, lastSeen: PresenceTracker.Tick(clamping: lastSeen), at: now)
      }
    }
  }

  // MARK: For the loops

  /// A connection has opened. False if it does not count.
  func opened(_ user: UserRowID) -> Bool {
    let now = tick
    return tracker.withLock { $0.opened(user, at: now) }
  }

  /// A connection that counted has closed.
  func closed(_ user: UserRowID, wasActive: Bool) {
    let now = tick
    tracker.withLock { $0.closed(user, wasActive: wasActive, at: now) }
  }

  /// A connection that counts has become active or idle.
  func stateChanged(_ user: UserRowID, isActive: Bool) {
    let now = tick
    tracker.withLock { $0.stateChanged(user, isActive: isActive, at: now) }
  }

  /// The user has joined a room.
  func joinedRoom(_ user: UserRowID) {
    let now = tick
    tracker.withLock { $0.joinedRoom(user, at: now) }
  }

  /// A connection wants to be sent who is online.
  func requestSnapshot(_ subscriber: PresenceTracker.NewSubscriber) {
    tracker.withLock { $0.requestSnapshot(subscriber) }
  }

  // MARK: For the publisher

  /// Takes what is due. Holds the lock while it looks at each user with something pending: 50 ns each.
  func take(at tick: PresenceTracker.Tick) -> (changes: [PresenceTracker.Change], newSubscribers: [PresenceTracker.NewSubscriber]) {
    tracker.withLock { ($0.takeChanges(at: tick), $0.takeNewSubscribers()) }
  }

  /// Those of `users` who are online.
  func online(of users: some Collection<UserRowID>) -> [PresenceTracker.Change] {
    var online: [PresenceTracker.Change] = []
    inChunks(of: users) { tracker, chunk in online += chunk.compactMap(tracker.published) }
    return online
  }

  /// How many of `users` are online.
  func onlineCount(of users: some Collection<UserRowID>) -> Int {
    var count = 0
    inChunks(of: users) { tracker, chunk in count += chunk.count { tracker.published($0) != nil } }
    return count
  }

  var isEmpty: Bool { tracker.withLock { $0.count == 0 } }

  /// Users looked at while the lock is held: no loop waits longer than some 50 µs.
  private static let chunkMax = 1000

  private func inChunks<Users: Collection<UserRowID>>(of users: Users, _ body: (PresenceTracker, Users.SubSequence) -> Void) {
    var rest = users[...]
    while !rest.isEmpty {
      let chunk = rest.prefix(Self.chunkMax)
      rest = rest.dropFirst(chunk.count)
      tracker.withLock { body($0, chunk) }
    }
  }
}
