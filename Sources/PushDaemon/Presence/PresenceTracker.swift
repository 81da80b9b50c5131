// Who is here, over all devices, and which changes of it are due to be told.
import Domain
import EventLoop

/// The rules of presence as a value: what happens goes in with the tick at which it happens, changes come out. Ticks are 250 ms and count
/// from the start of the daemon; what was seen by an earlier one has a negative tick.
///
/// A user costs some forty bytes while she is here and nothing otherwise. Nothing here is per line: a loop remembers what its lines said.
struct PresenceTracker {
  typealias Tick = Int32

  static let ticksPerSecond: Tick = 4
  /// After her last line has gone, a user counts as here for 8 s: a reload, a tunnel or a restart tells nobody anything.
  static let graceTicks: Tick = 8 * ticksPerSecond
  /// A new line of somebody who is here already may say within 1 s that it is idle, before it makes her active.
  static let settlingTicks: Tick = ticksPerSecond
  /// A user's changes are told at most once in 1 s, however often her devices change their minds.
  static let repeatTicks: Tick = ticksPerSecond
  /// Lines of one user that count; more are as good as none.
  static let linesPerUserMax = UInt16.max
  /// Lines that wait to be told who is here; who comes when so many wait is told only what changes.
  static let newcomersMax = 20_000

  /// A user's state, to be told.
  struct Change: Equatable, Sendable {
    let user: UserRowID
    let state: PresenceState
    let seen: Tick
  }

  /// A line that has yet to be told who is here.
  struct NewSubscriber: Sendable {
    let loop: Int
    let token: Token
    let user: UserRowID
    /// Hears of this room alone.
    let only: RoomRowID?
  }

  private struct Entry {
    var seen: Tick
    /// When it is to be looked at; `never` if there is nothing to be told.
    var due = Self.never
    var toldAt: Tick
    var lines: UInt16 = 0
    var activeLines: UInt16 = 0
    var told: PresenceState
    /// To be told even if it is what was told last: there are new people to tell.
    var mustTell = false

    static let never = Tick.max

    var state: PresenceState { lines == 0 ? .offline : activeLines > 0 ? .active : .idle }
  }

  private var entries: [UserRowID: Entry] = [:]
  /// The users whose entries are due some time, each once.
  private var pending: [UserRowID] = []
  private var newcomers: [NewSubscriber] = []

  // MARK: What happens

  /// Somebody was here by the book of an earlier daemon: she has as long to come back as if her last line had gone now.
  mutating func restore(_ user: UserRowID, _ state: PresenceState, seen: Tick, at tick: Tick) {
    schedule(user, Entry(seen: seen, toldAt: tick - Self.repeatTicks, told: state), at: tick + Self.graceTicks)
  }

  /// A line of `user` has come, active until it says otherwise. False if it does not count.
  mutating func opened(_ user: UserRowID, at tick: Tick) -> Bool {
    var entry = entries[user] ?? Entry(seen: tick, toldAt: tick - Self.repeatTicks, told: .offline)
    guard entry.lines < Self.linesPerUserMax else { return false }
    let wasLeaving = entry.lines == 0
    entry.lines += 1
    entry.activeLines += 1
    entry.seen = tick
    let due = entry.told == .offline ? tick : tick + Self.settlingTicks
    schedule(user, entry, at: wasLeaving ? due : min(due, entry.due))
    return true
  }

  /// A line that counted has gone.
  mutating func closed(_ user: UserRowID, wasActive: Bool, at tick: Tick) {
    guard var entry = entries[user], entry.lines > 0 else { return }
    entry.lines -= 1
    if wasActive { entry.activeLines -= 1 }
    entry.seen = tick
    schedule(user, entry, at: entry.lines == 0 ? tick + Self.graceTicks : tick)
  }

  /// A line that counts has become active or idle.
  mutating func turned(_ user: UserRowID, isActive: Bool, at tick: Tick) {
    guard var entry = entries[user], entry.lines > 0 else { return }
    if isActive { entry.activeLines += 1 } else { entry.activeLines -= 1 }
    entry.seen = tick
    schedule(user, entry, at: tick)
  }

  /// Somebody who is here has come among people who do not know it.
  mutating func moved(_ user: UserRowID, at tick: Tick) {
    guard var entry = entries[user], entry.lines > 0 else { return }
    entry.mustTell = true
    schedule(user, entry, at: min(entry.due, tick))
  }

  /// A line is to be told who is here.
  mutating func greet(_ newcomer: NewSubscriber) {
    if newcomers.count < Self.newcomersMax { newcomers.append(newcomer) }
  }

  private mutating func schedule(_ user: UserRowID, _ entry: Entry, at due: Tick) {
    var entry = entry
    if entry.due == Entry.never { pending.append(user) }
    entry.due = max(due, entry.toldAt + Self.repeatTicks)
    entries[user] = entry
  }

  // MARK: What is to be told

  /// The changes that are due, which count as told from now on; who has gone is forgotten.
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
      if state != entry.told || entry.mustTell {
        changes.append(Change(user: user, state: state, seen: entry.seen))
        entry.toldAt = tick
      }
      entry.due = Entry.never
      entry.told = state
      entry.mustTell = false
      entries[user] = state == .offline ? nil : entry
    }
    pending = later
    return changes
  }

  /// The lines that are to be told who is here.
  mutating func takeNewcomers() -> [NewSubscriber] {
    defer { newcomers = [] }
    return newcomers
  }

  /// What others believe of somebody; nil if she is offline.
  func told(_ user: UserRowID) -> Change? {
    guard let entry = entries[user], entry.told != .offline else { return nil }
    return Change(user: user, state: entry.told, seen: entry.seen)
  }

  /// Users who are here or were a moment ago.
  var count: Int { entries.count }
}
