// Presence of users over all their connections, and which changes are due to be published.
import Domain
import EventLoop

/// The rules of presence as a value: each call passes the tick at which something happens, `takeChanges` returns what is to be published.
/// Ticks are 250 ms and count from the start of the daemon; what an earlier daemon recorded has a negative tick.
///
/// A user costs some forty bytes while online and nothing otherwise. Nothing is stored per connection: see `ConnectionPresence`.
struct PresenceTracker {
  typealias Tick = Int32

  static let ticksPerSecond: Tick = 4
  /// After the last connection closes, a user stays online for 8 s: a reload, a tunnel or a restart publishes nothing.
  static let graceTicks: Tick = 8 * ticksPerSecond
  /// A new connection of an online user has 1 s to report that it is idle, before it makes the user active.
  static let debounceTicks: Tick = ticksPerSecond
  /// A user's changes are published at most once in 1 s, however often their devices change state.
  static let minIntervalTicks: Tick = ticksPerSecond
  /// Connections of one user that count; more are not tracked.
  static let connectionsPerUserMax = UInt16.max
  /// Connections that wait for a snapshot; those beyond the bound get changes only.
  static let newSubscribersMax = 20_000

  /// A user's state, to be published.
  struct Change: Equatable, Sendable {
    let user: UserRowID
    let state: PresenceState
    let lastSeen: Tick
  }

  /// A connection that waits for a snapshot.
  struct NewSubscriber: Sendable {
    /// The index of the loop that owns the connection.
    let loop: Int
    let token: Token
    let user: UserRowID
    /// The only room that the connection subscribes to; nil: all rooms of the user.
    let roomFilter: RoomRowID?
  }

  private struct Entry {
    var lastSeen: Tick
    /// When to look at the entry; `never` if there is nothing to publish.
    var due = Self.never
    var publishedAt: Tick
    var connections: UInt16 = 0
    var activeConnections: UInt16 = 0
    var lastPublished: PresenceState
    /// Publish even if the state is unchanged: there are new users to see it.
    var mustPublish = false

    static let never = Tick.max

    var state: PresenceState { connections == 0 ? .offline : activeConnections > 0 ? .active : .idle }
  }

  private var entries: [UserRowID: Entry] = [:]
  /// The users whose entries are due at some time, each once.
  private var pending: [UserRowID] = []
  private var newSubscribers: [NewSubscriber] = []

  // MARK: What happens

  /// Adopts a user whom the previous daemon recorded as online; the grace starts now.
  mutating func restore(_ user: UserRowID, _ state: PresenceState, lastSeen: Tick, at tick: Tick) {
    let entry = Entry(lastSeen: lastSeen, publishedAt: tick - Self.minIntervalTicks, lastPublished: state)
    schedule(user, entry, at: tick + Self.graceTicks)
  }

  /// A connection of `user` has opened, active until it says otherwise. False if it does not count.
  mutating func opened(_ user: UserRowID, at tick: Tick) -> Bool {
    var entry = entries[user] ?? Entry(lastSeen: tick, publishedAt: tick - Self.minIntervalTicks, lastPublished: .offline)
    guard entry.connections < Self.connectionsPerUserMax else { return false }
    let isFirst = entry.connections == 0
    entry.connections += 1
    entry.activeConnections += 1
    entry.lastSeen = tick
    let due = entry.lastPublished == .offline ? tick : tick + Self.debounceTicks
    schedule(user, entry, at: isFirst ? due : min(due, entry.due))
    return true
  }

  /// A connection that counted has closed.
  mutating func closed(_ user: UserRowID, wasActive: Bool, at tick: Tick) {
    guard var entry = entries[user], entry.connections > 0 else { return }
    entry.connections -= 1
    if wasActive { entry.activeConnections -= 1 }
    entry.lastSeen = tick
    schedule(user, entry, at: entry.connections == 0 ? tick + Self.graceTicks : tick)
  }

  /// A connection that counts has become active or idle.
  mutating func stateChanged(_ user: UserRowID, isActive: Bool, at tick: Tick) {
    guard var entry = entries[user], entry.connections > 0 else { return }
    if isActive { entry.activeConnections += 1 } else { entry.activeConnections -= 1 }
    entry.lastSeen = tick
    schedule(user, entry, at: tick)
  }

  /// The user has joined a room, whose members do not know their state yet.
  mutating func joinedRoom(_ user: UserRowID, at tick: Tick) {
    guard var entry = entries[user], entry.connections > 0 else { return }
    entry.mustPublish = true
    schedule(user, entry, at: min(entry.due, tick))
  }

  /// A connection wants to be sent who is online.
  mutating func requestSnapshot(_ subscriber: NewSubscriber) {
    if newSubscribers.count < Self.newSubscribersMax { newSubscribers.append(subscriber) }
  }

  private mutating func schedule(_ user: UserRowID, _ entry: Entry, at due: Tick) {
    var entry = entry
    if entry.due == Entry.never { pending.append(user) }
    entry.due = max(due, entry.publishedAt + Self.minIntervalTicks)
    entries[user] = entry
  }

  // MARK: What is to be published

  /// Returns the changes that are due and counts them as published. Forgets users who are offline.
  mutating func takeChanges(at tick: Tick) -> [Change] {
    guard !pending.isEmpty else { return [] }
    var changes: [Change] = []
    var later: [UserRowID] = []
    for user in pending {
      guard var entry = entries[user] else { continue }
      guard entry.due <= tick else {
        later.append(user)
        continue
      }
      let state = entry.state
      if state != entry.lastPublished || entry.mustPublish {
        changes.append(Change(user: user, state: state, lastSeen: entry.lastSeen))
        entry.publishedAt = tick
      }
      entry.due = Entry.never
      entry.lastPublished = state
      entry.mustPublish = false
      entries[user] = state == .offline ? nil : entry
    }
    pending = later
    return changes
  }

  /// Returns the connections that wait for a snapshot, each once.
  mutating func takeNewSubscribers() -> [NewSubscriber] {
    defer { newSubscribers = [] }
    return newSubscribers
  }

  /// The state of a user that was published last; nil if it is offline.
  func published(_ user: UserRowID) -> Change? {
    guard let entry = entries[user], entry.lastPublished != .offline else { return nil }
    return Change(user: user, state: entry.lastPublished, lastSeen: entry.lastSeen)
  }

  /// Users who are online or within their grace.
  var count: Int { entries.count }
}
