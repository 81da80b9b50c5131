// A room as one user sees it, and the orders in which rooms are listed.

package struct RoomView: Sendable {
  package let room: Room
  /// The newest message, as JSON.
  package let lastMessage: [UInt8]?
  /// The other user of a direct room.
  package let other: User?
  /// Nil if the viewer is not a member.
  package let membership: Membership?
  package let lastActivity: Timestamp

  package init(room: Room, lastMessage: [UInt8]?, other: User?, membership: Membership?, lastActivity: Timestamp) {
    self.room = room
    self.lastMessage = lastMessage
    self.other = other
    self.membership = membership
    self.lastActivity = lastActivity
  }
}

/// A position in the list of a user's rooms: latest activity first.
package struct RoomActivityCursor: Sendable {
  package let lastActivity: Int64
  package let room: Int64

  package init(lastActivity: Int64, room: Int64) {
    self.lastActivity = lastActivity
    self.room = room
  }
}

/// A position in the directory of public rooms: most members first.
package struct RoomDirectoryCursor: Sendable {
  package let members: Int64
  package let room: Int64

  package init(members: Int64, room: Int64) {
    self.members = members
    self.room = room
  }
}

/// A public room that a search found.
package struct RoomHit: Sendable {
  package let view: RoomView
  /// How well it matches; greater is better.
  package let rank: Int64

  package init(view: RoomView, rank: Int64) {
    self.view = view
    self.rank = rank
  }
}

/// A position among the rooms found: best match first, then most members.
package struct RoomHitCursor: Sendable {
  package let rank: Int64
  package let members: Int64
  package let room: Int64

  package init(rank: Int64, members: Int64, room: Int64) {
    self.rank = rank
    self.members = members
    self.room = room
  }
}
