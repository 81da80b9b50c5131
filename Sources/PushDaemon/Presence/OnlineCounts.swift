// Online counts of large rooms, whose members are sent a number instead of names.
import Domain

/// Decides which large rooms are due to be counted. A count walks through the room's members and sends everyone in it a frame, so it is
/// made at most once a second, and more rarely the larger the room is.
struct OnlineCounts {
  typealias Tick = PresenceTracker.Tick
  typealias NewSubscriber = PresenceTracker.NewSubscriber

  /// Rooms with more members get counts instead of names.
  static let namedMembersMax: Int64 = 500
  /// Members counted per tick, on average: at 0.3 µs each, less than one hundredth of a core for a room.
  static let membersPerTick: Int64 = 5000

  private struct Room {
    var nextAt: Tick
    var isChanged = false
    var memberCount: Int64
    var lastPublished: Int?
    var waiting: [NewSubscriber] = []

    mutating func markChanged(_ memberCount: Int64, waiting subscriber: NewSubscriber?) {
      isChanged = true
      self.memberCount = memberCount
      if let subscriber, waiting.count < PresenceTracker.newSubscribersMax { waiting.append(subscriber) }
    }
  }

  private var rooms: [RoomRowID: Room] = [:]

  /// Marks a room as to be counted: a member's presence has changed, or `subscriber` waits for the count.
  mutating func markChanged(_ size: RoomSize, waiting subscriber: NewSubscriber? = nil, at tick: Tick) {
    // In place: a copy would copy all who wait, once for each of them.
    rooms[size.room, default: Room(nextAt: tick, memberCount: size.memberCount)].markChanged(size.memberCount, waiting: subscriber)
  }

  /// Rooms to be counted now.
  func due(at tick: Tick) -> [RoomRowID] {
    rooms.compactMap { rowID, room in room.isChanged && room.nextAt <= tick ? rowID : nil }
  }

  enum Recipients {
    case everyone
    /// The count has not changed, so only those who wait for it need it.
    case newSubscribers([NewSubscriber])
  }

  /// Records the count of a room that was due. Returns who is to be sent it.
  mutating func record(_ rowID: RoomRowID, _ count: Int, at tick: Tick) -> Recipients {
    guard var room = rooms[rowID] else { return .newSubscribers([]) }
    let recipients: Recipients = room.lastPublished == count ? .newSubscribers(room.waiting) : .everyone
    room.lastPublished = count
    room.isChanged = false
    room.waiting = []
    room.nextAt = tick + max(PresenceTracker.ticksPerSecond, Tick(clamping: room.memberCount / Self.membersPerTick))
    rooms[rowID] = count == 0 ? nil : room
    return recipients
  }
}
