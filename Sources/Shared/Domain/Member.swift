// A user in a room: as others see them, and as the rules see them.

/// A member of a room.
package struct Member: Sendable {
  package let user: User
  package let role: Role
  package let joinedAt: Timestamp

  package init(user: User, role: Role, joinedAt: Timestamp) {
    self.user = user
    self.role = role
    self.joinedAt = joinedAt
  }
}

/// What decides whether a user may act in a room.
package struct RoomAccess: Sendable {
  package let room: RoomRowID
  package let kind: RoomKind
  /// Nil if the user is not a member.
  package let role: Role?

  package init(room: RoomRowID, kind: RoomKind, role: Role?) {
    self.room = room
    self.kind = kind
    self.role = role
  }
}

/// A member's view of a room with everything that a change of it depends on.
package struct MemberState: Sendable {
  package let roomID: PublicID
  package let lastSeq: Int64
  package let memberCount: Int64
  package let user: User
  package let hidesReadReceipts: Bool
  package let membership: Membership

  package init(roomID: PublicID, lastSeq: Int64, memberCount: Int64, user: User, hidesReadReceipts: Bool, membership: Membership) {
    self.roomID = roomID
    self.lastSeq = lastSeq
    self.memberCount = memberCount
    self.user = user
    self.hidesReadReceipts = hidesReadReceipts
    self.membership = membership
  }
}
