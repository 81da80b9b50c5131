// News as the loops send it: framed once, shared by all who hear it.
import Domain
import Wire
import WebSocket

/// Some consecutive events of the journal. Never changes, so all loops and their tails hold the same one.
final class EventBatch: Sendable {
  /// Of plain numbers only: those who come back are told thousands of these, and to copy a reference has its price.
  struct Item: Sendable {
    let position: Int64
    let kind: EventKind
    let room: RoomRowID?
    let user: UserRowID?
    /// Of a `sessionEnded`.
    let session: SessionRowID?
    /// Where its frame lies in `bytes`; empty for what no client hears of.
    let frame: Range<Int>
  }

  let items: [Item]
  let bytes: [UInt8]
  /// Of each `memberJoined`, by its position: how clients call the room.
  let roomIDs: [Int64: PublicID]

  /// `entries` is not empty and in order.
  init(_ entries: [JournalEntry]) {
    var roomIDs: [Int64: PublicID] = [:]
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.reduce(0) { $0 + $1.data.count + 96 })
    items = entries.map { entry in
      let start = bytes.count
      if let word = entry.kind.word {
        FrameWriter.append(.text, ServerFrame.durable(word, position: entry.position, data: entry.data), to: &bytes)
      }
      if entry.kind == .memberJoined { roomIDs[entry.position] = entry.roomID }
      return Item(
        position: entry.position, kind: entry.kind, room: entry.room, user: entry.user,
        session: entry.session,
        frame: start..<bytes.count)
    }
    (self.bytes, self.roomIDs) = (bytes, roomIDs)
  }

  /// Whether words or names are taken back by it that earlier news may bear.
  var hasDeletions: Bool {
    items.contains { item in
      switch item.kind {
      case .messageDeleted, .roomDeleted, .accountErased: true
      default: false
      }
    }
  }
  var last: Int64 { items.last?.position ?? 0 }

  /// Bytes of memory, roughly.
  var size: Int { bytes.count + items.count * MemoryLayout<Item>.stride }
}
