// What posting a message needs to know of the room and the author.

/// The end of a room: its newest message and its newest event, both 0 before the first.
package struct RoomEnd: Sendable {
  package let room: RoomRowID
  package let lastSeq: Int64
  package let lastPosition: Int64

  package init(room: RoomRowID, lastSeq: Int64, lastPosition: Int64) {
    self.room = room
    self.lastSeq = lastSeq
    self.lastPosition = lastPosition
  }
}

/// A session's access to the room that it posts to, read in one query.
package struct PostingAccess: Sendable {
  package let end: RoomEnd
  package let kind: RoomKind
  /// Nil if the user is not a member.
  package let role: Role?
  package let user: User
  /// Unread messages that mention the user.
  package let mentions: Int64

  package var room: RoomRowID { end.room }

  package init(end: RoomEnd, kind: RoomKind, role: Role?, user: User, mentions: Int64) {
    self.end = end
    self.kind = kind
    self.role = role
    self.user = user
    self.mentions = mentions
  }
}
