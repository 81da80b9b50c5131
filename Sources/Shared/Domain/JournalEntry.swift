// An event as it is stored in the journal.

public struct JournalEntry: Sendable {
  public let position: Int64
  public var kind: EventKind
  public let room: RoomRowID?
  /// The user whom a membership, session or user event is about.
  public let user: UserRowID?
  /// The number of the message that `newMessage`, `messageEdited` or `messageDeleted` is about.
  public let seq: Int64?
  /// The session that `sessionEnded` is about.
  public let session: SessionRowID?
  /// The public id of the room, of events that survive its deletion.
  public let roomID: PublicID?
  /// The `data` of the event, as JSON; empty for what no client receives.
  public var data: [UInt8]

  @inlinable
  public init(
    position: Int64, kind: EventKind, room: RoomRowID?, user: UserRowID?, seq: Int64? = nil, session: SessionRowID? = nil,
    roomID: PublicID? = nil, data: [UInt8]
  ) {
    self.position = position
    self.kind = kind
    self.room = room
    self.user = user
    self.seq = seq
    self.session = session
    self.roomID = roomID
    self.data = data
  }

  /// The message that a message event is about.
  public var message: MessageID? {
    guard let room, let seq else { return nil }
    return MessageID(room: room, seq: seq)
  }
}

/// What one read of the journal returned, oldest first.
public struct JournalBatch: Sendable {
  public let entries: [JournalEntry]
  /// Whether a bound ended the read: there may be more.
  public let isFull: Bool

  public init(entries: [JournalEntry], isFull: Bool) {
    self.entries = entries
    self.isFull = isFull
  }
}
