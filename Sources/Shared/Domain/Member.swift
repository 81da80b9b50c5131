// A user in a room: as others see them, and as the rules see them.

/// A member of a room.
public struct Member: Sendable {
  public let user: User
  public let role: Role
  public let joinedAt: Timestamp
  /// How far they have come; nil if they hide that from the viewer, or nobody asked.
  public let markers: ReadMarkers?

  public init(user: User, role: Role, joinedAt: Timestamp, markers: ReadMarkers? = nil) {
    self.user = user
    self.role = role
    self.joinedAt = joinedAt
    self.markers = markers
  }
}

/// What decides whether a user may act in a room.
public struct RoomAccess: Sendable {
  public let room: RoomRowID
  public let kind: RoomKind
  /// Nil if the user is not a member.
  public let role: Role?

  public init(room: RoomRowID, kind: RoomKind, role: Role?) {
    self.room = room
    self.kind = kind
    self.role = role
  }
}

/// A member's view of a room with everything that a change of it depends on.
public struct MemberState: Sendable {
  public let roomID: PublicID
  public let lastSeq: Int64
  public let memberCount: Int64
  public let user: User
  public let hidesReadReceipts: Bool
  public let membership: Membership

  public init(roomID: PublicID, lastSeq: Int64, memberCount: Int64, user: User, hidesReadReceipts: Bool, membership: Membership) {
    self.roomID = roomID
    self.lastSeq = lastSeq
    self.memberCount = memberCount
    self.user = user
    self.hidesReadReceipts = hidesReadReceipts
    self.membership = membership
  }
}
