// Rooms too large to be told who comes and goes: they are told how many are there.
import Domain
import Store

/// Which of them are due to be counted. A count costs its room a walk through its members and everyone in it a frame: so it is made at most
/// once a second, and more rarely the larger the room is.
struct HeadCounts {
  typealias Tick = PresenceBoard.Tick

  /// In rooms with more members, nobody is told by name.
  static let namedMembersMax: Int64 = 500
  /// Members that are counted in a tick, on average: at 0.3 µs each, less than one hundredth of a core for a room.
  static let membersPerTick: Int64 = 5000

  private struct Room {
    var nextAt: Tick
    var isDue = false
    var memberCount: Int64
    var told: Int?
    var waiting: [PresenceBoard.Newcomer] = []

    mutating func note(_ memberCount: Int64, waiting newcomer: PresenceBoard.Newcomer?) {
      isDue = true
      self.memberCount = memberCount
      if let newcomer, waiting.count < PresenceBoard.newcomersMax { waiting.append(newcomer) }
    }
  }

  private var rooms: [RoomNumber: Room] = [:]

  /// Somebody in the room has come, gone or changed, or waits to be told.
  mutating func note(_ circle: Presences.Circle, waiting newcomer: PresenceBoard.Newcomer? = nil, at tick: Tick) {
    // In its place: a copy would take along all who wait, for each one more of them.
    rooms[circle.room, default: Room(nextAt: tick, memberCount: circle.memberCount)].note(circle.memberCount, waiting: newcomer)
  }

  func due(at tick: Tick) -> [RoomNumber] {
    rooms.compactMap { number, room in room.isDue && room.nextAt <= tick ? number : nil }
  }

  enum Audience {
    case everyone
    /// The number is as it was: of interest only to those who have just come.
    case newcomers([PresenceBoard.Newcomer])
  }

  /// A room that was due has been counted: who is to be told.
  mutating func counted(_ number: RoomNumber, _ count: Int, at tick: Tick) -> Audience {
    guard var room = rooms[number] else { return .newcomers([]) }
    let audience: Audience = room.told == count ? .newcomers(room.waiting) : .everyone
    room.told = count
    room.isDue = false
    room.waiting = []
    room.nextAt = tick + max(PresenceBoard.ticksPerSecond, Tick(clamping: room.memberCount / Self.membersPerTick))
    rooms[number] = count == 0 ? nil : room
    return audience
  }
}
