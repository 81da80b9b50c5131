// Rooms too large to be told who comes and goes: they are told how many are there.
import Domain

/// Which of them are due to be counted. A count costs its room a walk through its members and everyone in it a frame: so it is made at most
/// once a second, and more rarely the larger the room is.
struct OnlineCounts {
  typealias Tick = PresenceTracker.Tick

  /// In rooms with more members, nobody is told by name.
  static let namedMembersMax: Int64 = 500
  /// Members that are counted in a tick, on average: at 0.3 µs each, less than one hundredth of a core for a room.
  static let membersPerTick: Int64 = 5000

  private struct Room {
    var nextAt: Tick
    var isDue = false
    var memberCount: Int64
    var told: Int?
    var waiting: [PresenceTracker.NewSubscriber] = []

    mutating func note(_ memberCount: Int64, waiting newcomer: PresenceTracker.NewSubscriber?) {
      isDue = true
      self.memberCount = memberCount
      if let newcomer, waiting.count < PresenceTracker.newcomersMax { waiting.append(newcomer) }
    }
  }

  private var rooms: [RoomRowID: Room] = [:]

  /// Somebody in the room has come, gone or changed, or waits to be told.
  mutating func note(_ circle: RoomSize, waiting newcomer: PresenceTracker.NewSubscriber? = nil, at tick: Tick) {
    // In its place: a copy would take along all who wait, for each one more of them.
    rooms[circle.room, default: Room(nextAt: tick, memberCount: circle.memberCount)].note(circle.memberCount, waiting: newcomer)
  }

  func due(at tick: Tick) -> [RoomRowID] {
    rooms.compactMap { number, room in room.isDue && room.nextAt <= tick ? number : nil }
  }

  enum Recipients {
    case everyone
    /// The number is as it was: of interest only to those who have just come.
    case newcomers([PresenceTracker.NewSubscriber])
  }

  /// A room that was due has been counted: who is to be told.
  mutating func counted(_ rowID: RoomRowID, _ count: Int, at tick: Tick) -> Recipients {
    guard var room = rooms[rowID] else { return .newcomers([]) }
    let audience: Recipients = room.told == count ? .newcomers(room.waiting) : .everyone
    room.told = count
    room.isDue = false
    room.waiting = []
    room.nextAt = tick + max(PresenceTracker.ticksPerSecond, Tick(clamping: room.memberCount / Self.membersPerTick))
    rooms[rowID] = count == 0 ? nil : room
    return audience
  }
}
