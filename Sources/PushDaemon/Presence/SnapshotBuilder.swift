// Builds the snapshots of one tick: who is online, for connections that have just subscribed.
import Domain

struct SnapshotBuilder {
  typealias Change = PresenceTracker.Change
  typealias NewSubscriber = PresenceTracker.NewSubscriber

  /// A new subscriber gets one frame for all rooms of at most so many members, and for each larger room a frame that all its new
  /// subscribers share.
  static let smallRoomMembersMax: Int64 = 16
  /// A new subscriber's own frame takes no more rooms once it names so many users.
  static let snapshotUsersMax = 1000

  /// By the index of the loop that owns the connections.
  private(set) var byLoop: [[PresenceUpdate.PresenceSnapshot]]

  init(loops: Int) {
    byLoop = Array(repeating: [], count: loops)
  }

  /// Adds what new subscribers are to be sent, without users in `published`: this tick's diffs reach new subscribers, too. Rooms that get
  /// counts are left out.
  mutating func add(
    _ subscribers: [NewSubscriber], _ facts: PresenceFacts, excluding published: [UserRowID: Change], _ encoder: inout PresenceEncoder
  ) {
    var larger: [RoomRowID: [NewSubscriber]] = [:]
    for subscriber in subscribers {
      var users: [UserRowID: Change] = [:]
      for room in facts.rooms(of: subscriber) where !room.isCounted {
        if room.memberCount > Self.smallRoomMembersMax {
          larger[room.room, default: []].append(subscriber)
        } else if users.count < Self.snapshotUsersMax {
          for change in facts.online[room.room] ?? [] { users[change.user] = change }
        }
      }
      for user in facts.audiences[subscriber.user]?.blockedEitherWay ?? [] { users[user] = nil }
      add(encoder.encodeSnapshot(users.values.filter { published[$0.user] == nil }), for: [subscriber])
    }
    for (room, subscribers) in larger {
      let online = (facts.online[room] ?? []).filter { published[$0.user] == nil }
      addShared(online, for: subscribers, facts, &encoder)
    }
  }

  /// Adds one frame for all subscribers who may see everyone in `online`, and a frame of their own for each of the others.
  private mutating func addShared(
    _ online: [Change], for subscribers: [NewSubscriber], _ facts: PresenceFacts, _ encoder: inout PresenceEncoder
  ) {
    func blocked(_ subscriber: NewSubscriber) -> Set<UserRowID> { facts.audiences[subscriber.user]?.blockedEitherWay ?? [] }
    let hasBlocks = subscribers.contains { !blocked($0).isEmpty }
    let users = Set(hasBlocks ? online.map(\.user) : [])
    add(encoder.encodeSnapshot(online), for: subscribers.filter { blocked($0).isDisjoint(with: users) })
    for subscriber in subscribers where !blocked(subscriber).isDisjoint(with: users) {
      let blocked = blocked(subscriber)
      add(encoder.encodeSnapshot(online.filter { !blocked.contains($0.user) }), for: [subscriber])
    }
  }

  /// Adds a frame for `subscribers`; nothing if `json` is nil.
  mutating func add(_ json: [UInt8]?, for subscribers: [NewSubscriber]) {
    guard let json, !subscribers.isEmpty else { return }
    let snapshot = PresenceUpdate.PresenceSnapshot(frame: PresenceUpdate.frame(json), connections: [])
    let next = byLoop.map(\.count)
    for subscriber in subscribers where byLoop.indices.contains(subscriber.loop) {
      if byLoop[subscriber.loop].count == next[subscriber.loop] { byLoop[subscriber.loop].append(snapshot) }
      byLoop[subscriber.loop][next[subscriber.loop]].connections.append(subscriber.token)
    }
  }
}
