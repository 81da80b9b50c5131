// A room as one user sees it, and the orders in which rooms are listed.

public struct RoomView: Sendable {
  public let room: Room
  /// The newest message, as JSON.
  public let lastMessage: [UInt8]?
  /// The other user of a direct room.
  public let other: User?
  /// Nil if the viewer is not a member.
  public let membership: Membership?
  /// What the viewer has not sent yet.
  public let draft: Draft?
  public let lastActivity: Timestamp

  public init(
    room: Room, lastMessage: [UInt8]?, other: User?, membership: Membership?, draft: Draft? = nil, lastActivity: Timestamp
  ) {
    self.room = room
    self.lastMessage = lastMessage
    self.other = other
    self.membership = membership
    self.draft = draft
    self.lastActivity = lastActivity
  }
}

/// A position in the list of a user's rooms: latest activity first.
public struct RoomActivityCursor: Sendable {
  public let lastActivity: Int64
  public let room: Int64

  public init(lastActivity: Int64, room: Int64) {
    self.lastActivity = lastActivity
    self.room = room
  }
}

/// A position in the directory of public rooms: most members first.
public struct RoomDirectoryCursor: Sendable {
  public let members: Int64
  public let room: Int64

  public init(members: Int64, room: Int64) {
    self.members = members
    self.room = room
  }
}

/// A public room that a search found.
public struct RoomHit: Sendable {
  public let view: RoomView
  /// How well it matches; greater is better.
  public let rank: Int64

  public init(view: RoomView, rank: Int64) {
    self.view = view
    self.rank = rank
  }
}

/// A position among the rooms found: best match first, then most members.
public struct RoomHitCursor: Sendable {
  public let rank: Int64
  public let members: Int64
  public let room: Int64

  public init(rank: Int64, members: Int64, room: Int64) {
    self.rank = rank
    self.members = members
    self.room = room
  }
}
