// Who hears an event: the rule of membership at the event's own place in the log.
import Domain

/// What one line does with one item of news.
enum Hearing {
  /// Nothing: it is not meant for her.
  case nothing
  /// Writes the frame.
  case frame
  /// Her session or her account has ended at this place.
  case signedOut
  case suspended
}

extension [RoomRowID: PublicID] {
  /// Judges an item of a batch for a line of `user`, keeping the rooms up to date with her own comings and goings: from `member_joined` to
  /// `member_left` or the end of the room, both included.
  mutating func hear(_ item: EventBatch.Item, of batch: EventBatch, user: UserRowID, session: SessionRowID, only: RoomRowID?) -> Hearing {
    if item.user == user {
      switch item.kind {
      case .sessionEnded where item.session == session: return .signedOut
      case .userSuspended: return .suspended
      case .memberJoined: if let room = item.room, let id = batch.roomIDs[item.position] { self[room] = id }
      case .memberLeft: return hearLast(item, only: only)
      default: break
      }
    } else if item.kind.isUserScoped {
      return .nothing
    }
    if item.kind == .roomDeleted { return hearLast(item, only: only) }
    guard let room = item.room, index(forKey: room) != nil, only == nil || only == room, !item.frame.isEmpty else { return .nothing }
    return .frame
  }

  /// The last that she hears of a room.
  private mutating func hearLast(_ item: EventBatch.Item, only: RoomRowID?) -> Hearing {
    guard let room = item.room, removeValue(forKey: room) != nil else { return .nothing }
    return only == nil || only == room ? .frame : .nothing
  }
}
