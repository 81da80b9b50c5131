// Which events a connection receives: decided by the user's memberships and blocks at the event's own position.
import Domain

/// What a connection does with an event.
enum Delivery {
  /// Nothing: the event is not visible to its user.
  case skip
  /// Sends the frame.
  case send
  /// Closes: its session or its account has ended here.
  case endSession
  /// Closes: its user is suspended from here on.
  case suspend
}

/// A user's rooms and blocks at a position of the journal, moved on event by event: the one rule for live delivery and for replay. What a
/// block hides is a column of the table of event kinds (`EventKind.isHiddenByBlock`).
struct MembershipCursor {
  let user: UserRowID
  let session: SessionRowID
  /// Nil for all rooms.
  let roomFilter: RoomRowID?
  private(set) var rooms: [RoomRowID: PublicID]
  /// A bit for each room, by its row: tells of most rooms that the user is not in them, without hashing. Bits of rooms that are left stay.
  private var roomBits: UInt64
  /// Users who have blocked the user or whom the user has blocked.
  private(set) var blockedEitherWay: Set<UserRowID>

  init(
    user: UserRowID, session: SessionRowID, roomFilter: RoomRowID?, rooms: [RoomRowID: PublicID], blockedEitherWay: Set<UserRowID> = []
  ) {
    self.user = user
    self.session = session
    self.roomFilter = roomFilter
    self.rooms = rooms
    roomBits = rooms.keys.reduce(0) { $0 | Self.bit(of: $1) }
    self.blockedEitherWay = blockedEitherWay
  }

  /// Decides about the next event of `batch` and applies it to the rooms. A user receives a room's events from `member_joined` to
  /// `member_left` or the end of the room, both included.
  mutating func decide(_ event: FramedEvent, of batch: EventBatch) -> Delivery {
    if event.user == user {
      switch event.kind {
      case .sessionEnded where event.session == session: return .endSession
      case .userSuspended: return .suspend
      case .memberJoined: if let room = event.room, let id = batch.roomIDs[event.position] { enterRoom(room, id) }
      case .memberLeft: return leaveRoom(of: event)
      // An event of the user's own that is about no room of theirs, such as an invitation.
      case let kind where kind.isUserScoped && event.room == nil: return roomFilter == nil && !event.frame.isEmpty ? .send : .skip
      default: break
      }
    } else if event.kind.isUserScoped || isHidden(event) {
      return .skip
    }
    if event.kind == .blocksChanged { changeBlocks(event, of: batch) }
    if event.kind == .roomDeleted { return leaveRoom(of: event) }
    guard let room = event.room, rooms.index(forKey: room) != nil, accepts(room), !event.frame.isEmpty else { return .skip }
    return .send
  }

  /// False if the user is certainly not in the room.
  func mayBeIn(_ room: RoomRowID) -> Bool { roomBits & Self.bit(of: room) != 0 }

  private static func bit(of room: RoomRowID) -> UInt64 { 1 << UInt64(truncatingIfNeeded: room.value & 63) }

  private mutating func enterRoom(_ room: RoomRowID, _ id: PublicID) {
    rooms[room] = id
    roomBits |= Self.bit(of: room)
  }

  /// Whether a block hides an event about another user. Without blocks, one check.
  private func isHidden(_ event: FramedEvent) -> Bool {
    guard !blockedEitherWay.isEmpty, let other = event.user else { return false }
    return event.kind.isHiddenByBlock && blockedEitherWay.contains(other)
  }

  private mutating func changeBlocks(_ event: FramedEvent, of batch: EventBatch) {
    guard let blocker = event.user, let change = batch.blockChanges[event.position], blocker == user || change.other == user else { return }
    let other = blocker == user ? change.other : blocker
    if change.stands { blockedEitherWay.insert(other) } else { blockedEitherWay.remove(other) }
  }

  /// The last event of a room that the user receives.
  private mutating func leaveRoom(of event: FramedEvent) -> Delivery {
    guard let room = event.room, rooms.removeValue(forKey: room) != nil else { return .skip }
    return accepts(room) ? .send : .skip
  }

  private func accepts(_ room: RoomRowID) -> Bool { roomFilter == nil || roomFilter == room }
}
