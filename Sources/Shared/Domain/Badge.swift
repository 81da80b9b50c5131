// The unread badge of a room.

/// A room with something unread that its member wants to be notified of.
package struct Badge: Sendable {
  package let room: PublicID
  package let unread: Int64
  package let mentions: Int64

  package init(room: PublicID, unread: Int64, mentions: Int64) {
    self.room = room
    self.unread = unread
    self.mentions = mentions
  }
}
