// An invite: a link that lets its holder join a room.

public struct Invite: Sendable {
  public let number: Int64
  public let code: PublicID
  public let room: RoomRowID
  public let roomID: PublicID
  public let kind: RoomKind
  public let creator: UserRowID
  public let createdBy: PublicID
  public let createdAt: Timestamp
  public let expiresAt: Timestamp
  /// Nil: any number of times.
  public let usesLeft: Int64?

  public init(
    number: Int64, code: PublicID, room: RoomRowID, roomID: PublicID, kind: RoomKind, creator: UserRowID, createdBy: PublicID,
    createdAt: Timestamp, expiresAt: Timestamp, usesLeft: Int64?
  ) {
    self.number = number
    self.code = code
    self.room = room
    self.roomID = roomID
    self.kind = kind
    self.creator = creator
    self.createdBy = createdBy
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.usesLeft = usesLeft
  }
}
