// The state of a connection that catches up, and one chunk of what it missed.
import Chat
import Domain

/// What a connection has yet to receive, and its user's rooms at that position of the journal.
final class CatchUp {
  /// Bytes queued at a time: the rest waits until the peer has taken them.
  static let chunkBytes = 256 << 10

  let connection: Connection
  /// To ask the database again.
  let claim: SessionClaim
  /// Every event up to here has been decided, and queued if it is visible.
  var position: Int64
  /// The user's rooms at `position`, by their public identifiers.
  var rooms: [RoomRowID: PublicID]
  /// The user's blocks: at first those of when the database was read, then at `position`.
  var blockedEitherWay: Set<UserRowID>
  /// Read from the journal, because the replay buffer does not reach back so far; nil once it is sent.
  private(set) var backlog: EventBatch?
  /// The next event of `backlog`.
  var nextEvent = 0
  /// Once `backlog` is sent, the client knows everything up to here.
  private(set) var backlogThrough: Int64
  /// The user was let in at this position: a suspension before it is over.
  private(set) var authorizedAt: Int64
  /// The database has been asked for more.
  var isLoading = false

  init(
    _ connection: Connection, claim: SessionClaim, position: Int64, rooms: [RoomRowID: PublicID],
    blockedEitherWay: Set<UserRowID> = [], backlog: EventBatch?, backlogThrough: Int64, authorizedAt: Int64
  ) {
    self.connection = connection
    self.claim = claim
    self.position = position
    self.rooms = rooms
    self.blockedEitherWay = blockedEitherWay
    self.backlog = backlog
    self.backlogThrough = backlogThrough
    self.authorizedAt = authorizedAt
  }

  /// More has been read from the journal.
  func loaded(
    rooms: [RoomRowID: PublicID], blockedEitherWay: Set<UserRowID>, backlog: EventBatch?, backlogThrough: Int64, authorizedAt: Int64
  ) {
    isLoading = false
    self.rooms = rooms
    self.blockedEitherWay = blockedEitherWay
    self.backlog = backlog
    self.backlogThrough = backlogThrough
    self.authorizedAt = authorizedAt
    nextEvent = 0
  }

  /// Drops what was read from the journal, to be read again: content in it has been deleted meanwhile.
  func discardBacklog() {
    backlog = nil
    backlogThrough = position
  }

  func backlogSent() {
    backlog = nil
    position = max(position, backlogThrough)
  }
}

/// One chunk for one connection. Gathered apart from the connection, whose fields would be looked up anew for each of thousands of events.
struct CatchUpChunk {
  enum Ending {
    case sessionEnded
    case suspended
  }

  let authorizedAt: Int64
  let replayBuffer: ReplayBuffer
  let bytesMax: Int
  var cursor: MembershipCursor
  /// The last event that was taken.
  var position: Int64
  /// The visible frames, one after the other.
  var bytes: [UInt8] = []
  /// Why nothing more may be sent.
  var ending: Ending?

  /// Takes one event, if it is visible. False if the chunk is full or has ended.
  mutating func take(_ event: FramedEvent, _ batch: EventBatch) -> Bool {
    position = event.position
    if replayBuffer.isSuperseded(event) { return true }
    switch cursor.decide(event, of: batch) {
    case .skip:
      return true
    case .send:
      batch.bytes.withUnsafeBytes { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[event.frame])) }
      return bytes.count < bytesMax
    case .endSession:
      ending = .sessionEnded
    case .suspend where event.position <= authorizedAt:
      return true
    case .suspend:
      ending = .suspended
    }
    return false
  }
}
