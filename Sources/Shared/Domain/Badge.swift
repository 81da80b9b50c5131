// The unread badge of a room.

/// A room with something unread that its member wants to be notified of.
public struct Badge: Sendable {
  public let room: PublicID
  public let unread: Int64
  public let mentions: Int64

  public init(room: PublicID, unread: Int64, mentions: Int64) {
    self.room = room
    self.unread = unread
    self.mentions = mentions
  }
}
