// What the presence publisher does every tick: takes what has changed, looks up who may see it, and returns the frames.
import Domain
import Posix
import Wire

/// The publisher without its thread. An update is ephemeral: a loop drops it for a connection that is behind.
struct PresenceTick {
  typealias Change = PresenceTracker.Change
  typealias NewSubscriber = PresenceTracker.NewSubscriber
  typealias Tick = PresenceTracker.Tick

  /// After so many quiet ticks, memory that a burst of changes left behind is released: pages that the readers cache, and free memory
  /// between what is in use.
  static let quietTicksBeforeRelease = 4

  private let store: any PresenceStore
  private let tracker: SharedPresenceTracker
  private let loops: Int
  private var counts = OnlineCounts()
  /// Changes that are not published yet; kept over a tick only if the database fails.
  private var unpublished: [UserRowID: Change] = [:]
  private var persistence: PresencePersistence
  private var quietTicks = 0

  init(store: any PresenceStore, tracker: SharedPresenceTracker, loops: Int) {
    self.store = store
    self.tracker = tracker
    self.loops = loops
    persistence = PresencePersistence(store: store)
  }

  /// Takes what is due from the tracker. Returns what the loops are to send; nil if there is nothing. Blocks.
  mutating func tick(at tick: Tick) -> PresenceUpdate? {
    let (changes, newSubscribers) = tracker.take(at: tick)
    for change in changes {
      unpublished[change.user] = change
      // Computed once: a tick has no exact time, and what is persisted must be what is published.
      persistence.add(PresenceRecord(user: change.user, state: change.state, lastSeenAt: tracker.time(change.lastSeen)))
    }
    guard !unpublished.isEmpty || !newSubscribers.isEmpty || !counts.due(at: tick).isEmpty else { return nil }
    do {
      let facts = try lookUp(newSubscribers, at: tick)
      var encoder = PresenceEncoder(facts: facts, tracker: tracker, records: persistence.records)
      var snapshots = SnapshotBuilder(loops: loops)
      var diffs = makeDiffs(facts, &encoder)
      snapshots.add(newSubscribers, facts, excluding: unpublished, &encoder)
      diffs += recordCounts(facts, &snapshots, at: tick)
      Log.debug(
        "presence", ["changes": unpublished.count, "new_subscribers": newSubscribers.count, "counts": facts.onlineCounts.count])
      unpublished = [:]
      let update = PresenceUpdate(diffs: diffs, snapshots: snapshots.byLoop)
      return update.isEmpty ? nil : update
    } catch {
      Log.error("cannot publish presence: \(error)")
      return nil
    }
  }

  /// Persists what is due; see `PresencePersistence`. Blocks.
  mutating func persist(at tick: Tick, isLast: Bool = false) {
    persistence.persist(at: tick, isAnyoneOnline: !tracker.isEmpty, isLast: isLast)
  }

  /// Releases memory once after a while of quiet ticks. Blocks.
  mutating func releaseMemory(isQuiet: Bool) {
    quietTicks = isQuiet && persistence.records.isEmpty ? quietTicks + 1 : 0
    guard quietTicks == Self.quietTicksBeforeRelease else { return }
    store.releaseMemory()
    Memory.trim()
  }

  // MARK: Look-ups

  /// Reads everything that this tick needs, in one read transaction.
  private mutating func lookUp(_ newSubscribers: [NewSubscriber], at tick: Tick) throws -> PresenceFacts {
    let (store, tracker) = (store, tracker)
    return try store.lookUpPresence { database in
      var facts = PresenceFacts(audiences: try database.audiences(of: Set(unpublished.keys).union(newSubscribers.map(\.user))))
      let named = markRooms(newSubscribers, facts, at: tick)
      let due = Set(counts.due(at: tick))
      // A room that has lost its last member is counted, too.
      facts.onlineCounts = Dictionary(uniqueKeysWithValues: due.map { ($0, 0) })
      try database.forEachRoom(named.union(due)) { room, members in
        if named.contains(room) { facts.online[room] = tracker.online(of: members) }
        if due.contains(room) { facts.onlineCounts[room] = tracker.onlineCount(of: members) }
      }
      var others = Set(facts.online.values.joined().map(\.user))
      others.subtract(facts.audiences.keys)
      facts.userIDs = try database.publicIDs(ofUsers: others)
      facts.roomIDs = try database.publicIDs(ofRooms: due)
      return facts
    }
  }

  /// Marks large rooms as to be counted. Returns the rooms whose online members snapshots name.
  private mutating func markRooms(_ newSubscribers: [NewSubscriber], _ facts: PresenceFacts, at tick: Tick) -> Set<RoomRowID> {
    for user in unpublished.keys {
      for room in facts.audiences[user]?.rooms ?? [] where room.isCounted { counts.markChanged(room, at: tick) }
    }
    var named: Set<RoomRowID> = []
    for subscriber in newSubscribers {
      for room in facts.rooms(of: subscriber) {
        if room.isCounted { counts.markChanged(room, waiting: subscriber, at: tick) } else { named.insert(room.room) }
      }
    }
    return named
  }

  // MARK: Frames

  /// The changes by name, for the rooms that get names.
  private func makeDiffs(_ facts: PresenceFacts, _ encoder: inout PresenceEncoder) -> [PresenceUpdate.PresenceDiff] {
    var changes: [PresenceUpdate.PresenceDiff.EncodedChange] = []
    var grouping = DiffGrouping()
    for (user, change) in unpublished {
      guard let audience = facts.audiences[user], audience.rooms.contains(where: { !$0.isCounted }),
        let json = encoder.encode(change)
      else { continue }
      for room in audience.rooms where !room.isCounted { grouping.add(changes.count, in: room.room) }
      // A blocked user who is offline has no connection to be kept from it.
      changes.append((json, Set(tracker.online(of: audience.blockedEitherWay).map(\.user))))
    }
    return grouping.diffs.map {
      PresenceUpdate.PresenceDiff($0.changes.map { changes[$0] }, rooms: $0.rooms, supersetDiffs: $0.supersetDiffs)
    }
  }

  /// The counts of the large rooms that were due: a diff for everyone in the room, or a snapshot for those who wait for it.
  private mutating func recordCounts(_ facts: PresenceFacts, _ snapshots: inout SnapshotBuilder, at tick: Tick)
    -> [PresenceUpdate.PresenceDiff]
  {
    var diffs: [PresenceUpdate.PresenceDiff] = []
    for (room, count) in facts.onlineCounts {
      let recipients = counts.record(room, count, at: tick)
      guard let id = facts.roomIDs[room] else { continue }
      let json = ServerFrame.presence(inRoom: id, online: count)
      switch recipients {
      case .everyone: diffs.append(PresenceUpdate.PresenceDiff(frame: PresenceUpdate.frame(json), rooms: [room], framesByUser: [:]))
      case .newSubscribers(let subscribers): snapshots.add(json, for: subscribers)
      }
    }
    return diffs
  }
}
