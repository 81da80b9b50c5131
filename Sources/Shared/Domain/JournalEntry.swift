// An event as it is stored in the journal.

package struct JournalEntry: Sendable {
  package let position: Int64
  package let kind: EventKind
  package let room: RoomRowID?
  /// The user whom a membership, session or user event is about.
  package let user: UserRowID?
  /// The `data` of the event, as JSON; for `sessionEnded` the session's row number.
  package let data: [UInt8]

  @inlinable
  package init(position: Int64, kind: EventKind, room: RoomRowID?, user: UserRowID?, data: [UInt8]) {
    self.position = position
    self.kind = kind
    self.room = room
    self.user = user
    self.data = data
  }

  /// The public id of the room: the first member of the data of every event that is about one.
  package var roomID: PublicID? {
    let opening = Array(#"{"room_id":""#.utf8)
    guard data.starts(with: opening) else { return nil }
    return PublicID(String(decoding: data.dropFirst(opening.count).prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self))
  }
}
