// A presence publisher without threads, over a database in memory and a clock that the test sets.
import Domain
import EventLoop
import Posix
import TestSupport
import Wire

@testable import PushDaemon

/// A database in memory. Counts the look-ups.
final class InMemoryPresenceStore: PresenceStore {
  struct State {
    var names: [UserRowID: String] = [:]
    var members: [RoomRowID: [UserRowID]] = [:]
    var blocks: [UserRowID: Set<UserRowID>] = [:]
    var adopted: [PresenceRecord] = []
    /// What each call of `persistPresence` was given.
    var persisted: [[PresenceRecord]] = []
    var transactions = 0
    var lookUps = 0
    var isBroken = false
  }

  struct Broken: Error {}

  let state = Lock(State())

  func adoptPresenceLease() throws -> [PresenceRecord] { state.withLock { $0.adopted } }

  func persistPresence(_ records: [PresenceRecord]) throws {
    try state.withLock { state in
      if state.isBroken { throw Broken() }
      state.persisted.append(records)
    }
  }

  func lookUpPresence<Result>(_ body: (any PresenceLookup) throws -> Result) throws -> Result {
    try state.withLock { state in
      if state.isBroken { throw Broken() }
      state.transactions += 1
    }
    return try body(Reader(state: state))
  }

  func releaseMemory() {}

  private struct Reader: PresenceLookup {
    let state: Lock<State>

    private func lookUp() -> State {
      state.withLock { state in
        state.lookUps += 1
        return state
      }
    }

    func audiences(of users: Set<UserRowID>) throws -> [UserRowID: PresenceAudience] {
      let state = lookUp()
      var audiences: [UserRowID: PresenceAudience] = [:]
      for user in users {
        guard let name = state.names[user] else { continue }
        let rooms = state.members.filter { $0.value.contains(user) }.map { RoomSize(room: $0.key, memberCount: Int64($0.value.count)) }
        audiences[user] = PresenceAudience(id: PublicID(trusted: name), rooms: rooms, blockedEitherWay: state.blocks[user] ?? [])
      }
      return audiences
    }

    func forEachRoom(_ rooms: Set<RoomRowID>, _ body: (RoomRowID, [UserRowID]) throws -> Void) throws {
      let state = lookUp()
      for room in rooms { if let members = state.members[room] { try body(room, members) } }
    }

    func publicIDs(ofUsers users: Set<UserRowID>) throws -> [UserRowID: PublicID] {
      let state = lookUp()
      return Dictionary(uniqueKeysWithValues: users.compactMap { user in state.names[user].map { (user, PublicID(trusted: $0)) } })
    }

    func publicIDs(ofRooms rooms: Set<RoomRowID>) throws -> [RoomRowID: PublicID] {
      _ = lookUp()
      return Dictionary(uniqueKeysWithValues: rooms.map { ($0, PublicID(trusted: "room\($0.value)")) })
    }
  }
}

/// Users with one connection each, on one loop, whose connection's slot is their row ID.
struct PresenceFixture {
  let store = InMemoryPresenceStore()
  let clock: ManualClock
  let tracker: SharedPresenceTracker
  var presence: PresenceTick
  private var connections = ConnectionPresence()

  init() {
    let clock = ManualClock()
    self.clock = clock
    tracker = SharedPresenceTracker(monotonicNanoseconds: { clock.nanoseconds })
    presence = PresenceTick(store: store, tracker: tracker, loops: 1)
  }

  func addUser(_ rowID: Int64, _ name: String) -> UserRowID {
    store.state.withLock { $0.names[UserRowID(rowID)] = name }
    return UserRowID(rowID)
  }

  func setMembers(of room: Int64, _ members: [UserRowID]) {
    store.state.withLock { $0.members[RoomRowID(room)] = members }
  }

  func block(_ one: UserRowID, _ other: UserRowID) {
    store.state.withLock { state in
      state.blocks[one, default: []].insert(other)
      state.blocks[other, default: []].insert(one)
    }
  }

  /// Opens the user's connection, which subscribes to all their rooms and asks for a snapshot.
  mutating func connect(_ user: UserRowID) {
    _ = tracker.opened(user)
    connections[UInt32(user.value)] = .active
    requestSnapshot(user)
  }

  func requestSnapshot(_ user: UserRowID) {
    let token = Token(slot: UInt32(user.value), generation: 1)
    tracker.requestSnapshot(PresenceTracker.NewSubscriber(loop: 0, token: token, user: user, roomFilter: nil))
  }

  /// Runs so many ticks. Returns what each connection is sent, as "name: frame", sorted within a tick.
  mutating func run(_ ticks: Int = 1) -> [String] {
    var sent: [String] = []
    for _ in 0..<ticks {
      if let update = presence.tick(at: tracker.tick) { sent += deliver(update).sorted() }
      presence.persist(at: tracker.tick)
      clock.advance(milliseconds: SharedPresenceTracker.tickMilliseconds)
    }
    return sent
  }

  /// Does what a loop does with an update. Only connections that are open are sent anything.
  private mutating func deliver(_ update: PresenceUpdate) -> [String] {
    let state = store.state.withLock { $0 }
    var sent: [String] = []
    func send(_ frame: [UInt8], to user: UserRowID) {
      if !frame.isEmpty { sent.append("\(state.names[user] ?? "?"): \(Self.text(frame))") }
    }
    connections.beginUpdate(diffCount: update.diffs.count)
    for (index, diff) in update.diffs.enumerated() {
      for user in diff.rooms.flatMap({ state.members[$0] ?? [] }) where connections[UInt32(user.value)] != .untracked {
        guard connections.markSent(UInt32(user.value), diff: index, supersetDiffs: diff.supersetDiffs) else { continue }
        send(diff.framesByUser[user] ?? diff.frame, to: user)
      }
    }
    for snapshot in update.snapshots[0] {
      for token in snapshot.connections { send(snapshot.frame, to: UserRowID(Int64(token.slot))) }
    }
    return sent
  }

  /// A frame in short: the changes as "name state", or the count of a room.
  private static func text(_ frame: [UInt8]) -> String {
    guard let json = try? JSONValue(Array(frame.drop { $0 != UInt8(ascii: "{") })), let data = json["data"],
      case .array(let changes)? = data["changes"]
    else { return "not a presence frame" }
    if let room = data["room_id"]?.text { return "\(room) \(data["online"]?.number ?? -1) online" }
    return changes.map { "\($0["user_id"]?.text ?? "?") \($0["state"]?.text ?? "?")" }.sorted().joined(separator: ", ")
  }
}
