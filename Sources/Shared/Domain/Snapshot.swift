// The state that a client starts from.

/// Everything that a client shows before its first event, read in one transaction.
package struct Snapshot: Sendable {
  package let rooms: [RoomView]
  package let users: [User]
  /// The journal position of the snapshot: a client that resumes from it misses nothing.
  package let cursor: Int64

  package init(rooms: [RoomView], users: [User], cursor: Int64) {
    self.rooms = rooms
    self.users = users
    self.cursor = cursor
  }
}
