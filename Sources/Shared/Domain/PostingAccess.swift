// What posting a message needs to know of the room and the author.

/// The end of a room: its newest message and its newest event, both 0 before the first.
public struct RoomEnd: Sendable {
  public let room: RoomRowID
  public let lastSeq: Int64
  public let lastPosition: Int64
  /// The messages of the tail, which are in the journal alone, and the position of the last of them; 0 without any.
  public let tailCount: Int64
  public let tailPosition: Int64

  public init(room: RoomRowID, lastSeq: Int64, lastPosition: Int64, tailCount: Int64 = 0, tailPosition: Int64 = 0) {
    self.room = room
    self.lastSeq = lastSeq
    self.lastPosition = lastPosition
    self.tailCount = tailCount
    self.tailPosition = tailPosition
  }
}

/// A session's access to the room that it posts to, read in one query.
public struct PostingAccess: Sendable {
  public let end: RoomEnd
  public let kind: RoomKind
  /// Nil if the user is not a member.
  public let role: Role?
  public let user: User
  /// Whether the user has shown that the account's e-mail address is theirs.
  public let isVerified: Bool
  /// Unread messages that mention the user.
  public let mentions: Int64

  public var room: RoomRowID { end.room }

  public init(end: RoomEnd, kind: RoomKind, role: Role?, user: User, isVerified: Bool, mentions: Int64) {
    self.end = end
    self.kind = kind
    self.role = role
    self.user = user
    self.isVerified = isVerified
    self.mentions = mentions
  }
}
