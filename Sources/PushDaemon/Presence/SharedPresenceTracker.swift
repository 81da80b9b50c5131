// The board of who is here, which all loops write on and the presencePublisher reads.
import Domain
import EventLoop
import Posix

/// May be used from any thread; each call holds the lock for well under a microsecond, except where it says how long.
final class SharedPresenceTracker: Sendable {
  static let tickMilliseconds: Int64 = 250

  private let board = Lock(PresenceTracker())
  private let start = Clock.monotonicNanoseconds()

  var tick: PresenceTracker.Tick {
    PresenceTracker.Tick(clamping: (Clock.monotonicNanoseconds() - start) / (Self.tickMilliseconds * 1_000_000))
  }

  /// A tick as clients understand it.
  func time(_ tick: PresenceTracker.Tick) -> Timestamp {
    // In 64 bits: who was seen when the clock still stood at 1970 was seen before the first of all ticks.
    Timestamp(milliseconds: Clock.wallMilliseconds() - (Int64(self.tick) - Int64(tick)) * Self.tickMilliseconds)
  }

  func restore(_ sightings: [PresenceRecord]) {
    let (now, wall) = (tick, Clock.wallMilliseconds())
    board.withLock { board in
      for sighting in sightings {
        let seen = Int64(now) - max(0, wall - sighting.seenAt.milliseconds) / Self.tickMilliseconds
        board.restore(sighting.user, sighting.state, seen: PresenceTracker.Tick(clamping: seen), at: now)
      }
    }
  }

  // MARK: For the loops

  /// False if the line does not count.
  func opened(_ user: UserRowID) -> Bool {
    let now = tick
    return board.withLock { $0.opened(user, at: now) }
  }

  func closed(_ user: UserRowID, wasActive: Bool) {
    let now = tick
    board.withLock { $0.closed(user, wasActive: wasActive, at: now) }
  }

  func turned(_ user: UserRowID, isActive: Bool) {
    let now = tick
    board.withLock { $0.turned(user, isActive: isActive, at: now) }
  }

  func moved(_ user: UserRowID) {
    let now = tick
    board.withLock { $0.moved(user, at: now) }
  }

  func greet(_ newcomer: PresenceTracker.NewSubscriber) {
    board.withLock { $0.greet(newcomer) }
  }

  // MARK: For the presencePublisher

  /// Holds the lock for the time of looking at each user with something pending: 50 ns each.
  func take(at tick: PresenceTracker.Tick) -> (changes: [PresenceTracker.Change], newcomers: [PresenceTracker.NewSubscriber]) {
    board.withLock { ($0.takeChanges(at: tick), $0.takeNewcomers()) }
  }

  /// Those of `users` who are here.
  func present(of users: [UserRowID]) -> [PresenceTracker.Change] {
    var present: [PresenceTracker.Change] = []
    inShares(of: users) { board, share in present += share.compactMap(board.told) }
    return present
  }

  /// How many of `users` are here.
  func count(of users: [UserRowID]) -> Int {
    var count = 0
    inShares(of: users) { board, share in count += share.count { board.told($0) != nil } }
    return count
  }

  var isEmpty: Bool { board.withLock { $0.count == 0 } }

  /// Looks at so many at a time that no loop waits longer than some 50 µs.
  private static let shareMax = 1000

  private func inShares(of users: [UserRowID], _ body: (PresenceTracker, ArraySlice<UserRowID>) -> Void) {
    var rest = users[...]
    while !rest.isEmpty {
      let share = rest.prefix(Self.shareMax)
      rest = rest.dropFirst(share.count)
      board.withLock { body($0, share) }
    }
  }
}
