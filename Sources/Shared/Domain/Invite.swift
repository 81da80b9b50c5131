// An invite: a link that lets its holder join a room.

package struct Invite: Sendable {
  package let number: Int64
  package let code: PublicID
  package let room: RoomRowID
  package let roomID: PublicID
  package let kind: RoomKind
  package let creator: UserRowID
  package let createdBy: PublicID
  package let createdAt: Timestamp
  package let expiresAt: Timestamp
  /// Nil: any number of times.
  package let usesLeft: Int64?

  package init(
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
