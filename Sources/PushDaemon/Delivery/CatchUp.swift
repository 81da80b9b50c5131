// A line that is behind: what it is still to hear, and the rooms it is in at that place in the log.
import Domain

final class CatchUp {
  /// Bytes that are put into an outbox at a time: the rest waits until the peer has taken them.
  static let portionBytes = 256 << 10

  /// Whose session it is, to ask the database again.
  let session: PublicID
  /// Everything up to here was judged, and written if it was for her.
  var position: Int64
  /// The rooms she is in at `position`, by the names that clients use.
  var rooms: [RoomRowID: PublicID]
  /// Read from the journal, because the tail does not reach back so far; nil once it is told.
  var missed: EventBatch?
  /// Where `missed` is to be read on.
  var nextItem = 0
  /// Once `missed` is told, she knows all up to here.
  var missedThrough: Int64
  /// She was let in as things stood here: a suspension before it is over.
  var authorizedAt: Int64
  /// The threadPool are asked for more.
  var isAsking = false

  /// Lets go of what was read from the journal, to be read again: words in it have been taken back meanwhile.
  func forgetMissed() {
    missed = nil
    missedThrough = position
  }

  init(session: PublicID, position: Int64, rooms: [RoomRowID: PublicID], missed: EventBatch?, missedThrough: Int64, authorizedAt: Int64) {
    self.session = session
    self.position = position
    self.rooms = rooms
    self.missed = missed
    self.missedThrough = missedThrough
    self.authorizedAt = authorizedAt
  }
}
