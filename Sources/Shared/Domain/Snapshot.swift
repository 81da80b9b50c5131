// The state that a client starts from.

/// Everything that a client shows before its first event, read in one transaction.
public struct Snapshot: Sendable {
  public let rooms: [RoomView]
  public let users: [User]
  /// The journal position of the snapshot: a client that resumes from it misses nothing.
  public let position: Int64

  public init(rooms: [RoomView], users: [User], position: Int64) {
    self.rooms = rooms
    self.users = users
    self.position = position
  }
}
