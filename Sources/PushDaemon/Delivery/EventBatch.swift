// Events as the loops send them: framed once, shared by all connections that receive them.
import Domain
import WebSocket
import Wire

/// One event of the journal with its WebSocket frame. Plain numbers only: a catch-up copies thousands of these, and copying a reference has
/// its price.
struct FramedEvent: Sendable {
  let position: Int64
  let kind: EventKind
  let room: RoomRowID?
  let user: UserRowID?
  /// Of a `sessionEnded`.
  let session: SessionRowID?
  /// Where its frame lies in the batch's `bytes`; empty for an event that no client receives.
  let frame: Range<Int>

  /// Sent to the subscribers of its room, as opposed to one user.
  var isForRoom: Bool { !frame.isEmpty && !kind.isUserScoped }
}

/// Consecutive events of the journal. Immutable, so all loops and their replay buffers share one object.
final class EventBatch: Sendable {
  let events: [FramedEvent]
  let bytes: [UInt8]
  /// The room's public identifier for each `memberJoined`, by the event's position.
  let roomIDs: [Int64: PublicID]
  /// The change of each `blocksChanged` about two users, by the event's position.
  let blockChanges: [Int64: BlockChange]
  /// The room whose members alone receive these events; nil if they are of several rooms, or one of them is about a user.
  let onlyRoom: RoomRowID?

  /// `entries` is not empty and in order.
  init(_ entries: [JournalEntry], _ history: History) {
    var roomIDs: [Int64: PublicID] = [:]
    var blockChanges: [Int64: BlockChange] = [:]
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.reduce(0) { $0 + $1.data.count + 96 })
    events = entries.map { entry in
      let start = bytes.count
      if let word = entry.kind.word {
        FrameWriter.append(.text, ServerFrame.durable(word, id: history.cursor(at: entry.position), data: entry.data), to: &bytes)
      }
      if entry.kind == .memberJoined { roomIDs[entry.position] = entry.roomID }
      if entry.kind == .blocksChanged { blockChanges[entry.position] = BlockChange(data: entry.data) }
      return FramedEvent(
        position: entry.position, kind: entry.kind, room: entry.room, user: entry.user,
        session: entry.session,
        frame: start..<bytes.count)
    }
    (self.bytes, self.roomIDs, self.blockChanges) = (bytes, roomIDs, blockChanges)
    let room = entries.first?.room
    onlyRoom = entries.allSatisfy { $0.room == room && $0.user == nil } ? room : nil
  }

  /// Lends the frame of one of the events.
  @inline(__always)
  func withFrame(of event: FramedEvent, _ body: (UnsafeRawBufferPointer) -> Void) {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[event.frame])) }
  }

  /// Whether it removes content or names that earlier events may contain.
  var hasDeletions: Bool {
    events.contains { event in
      switch event.kind {
      case .messageDeleted, .messagesExpired, .roomDeleted, .accountErased: true
      default: false
      }
    }
  }
  var last: Int64 { events.last?.position ?? 0 }

  /// Bytes of memory, roughly.
  var size: Int { bytes.count + events.count * MemoryLayout<FramedEvent>.stride }
}
