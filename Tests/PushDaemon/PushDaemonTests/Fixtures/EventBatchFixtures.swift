// Journal entries and batches for tests.
import Domain

@testable import PushDaemon

func entry(_ position: Int64, _ kind: EventKind, room: Int64? = nil, user: Int64? = nil, data: String? = nil) -> JournalEntry {
  JournalEntry(
    position: position, kind: kind, room: room.map { RoomRowID($0) }, user: user.map { UserRowID($0) },
    session: kind == .sessionEnded ? data.flatMap { Int64($0) }.map { SessionRowID($0) } : nil,
    roomID: room.map { PublicID(trusted: "room\($0)") }, data: Array((data ?? room.map { #"{"room_id":"room\#($0)"}"# } ?? "{}").utf8))
}

/// A batch of messages in room 1, at these positions.
func batch(_ positions: ClosedRange<Int64>) -> EventBatch {
  EventBatch(positions.map { entry($0, .newMessage, room: 1) })
}

extension EventBatch {
  /// A batch of a history whose cursors all bear the tag 0.
  convenience init(_ entries: [JournalEntry]) { self.init(entries, History()) }
}
