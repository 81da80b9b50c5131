// The newest events, kept in memory for clients that reconnect soon.
import Domain

/// Batches in order, bounded in bytes; the oldest is dropped first. A class, so that a chunk that consults it does not copy it.
final class ReplayBuffer {
  /// Has all events after this position.
  private(set) var start: Int64
  /// Has all events up to this position.
  private(set) var end: Int64
  /// A message was deleted after this position: what was read from the journal up to here may contain deleted content.
  private(set) var redactedThrough: Int64 = 0
  /// The newest position per compaction key; older entries are skipped on replay.
  private var newest: [CompactionKey: Int64] = [:]
  private var batches: [EventBatch?] = []
  /// `EventBatch.onlyRoom` of each, side by side: of a thousand clients that come back, each passes over thousands of batches of other rooms.
  private var onlyRooms: [RoomRowID?] = []
  private var head = 0
  private var bytes = 0
  private let bytesMax: Int

  init(startingAt position: Int64, bytesMax: Int) {
    start = position
    end = position
    self.bytesMax = bytesMax
  }

  func append(_ batch: EventBatch) {
    // Deleted content must not be replayed from memory: the journal has been redacted, older batches have not.
    if batch.hasDeletions { discardAll() }
    batches.append(batch)
    onlyRooms.append(batch.onlyRoom)
    for event in batch.events { if let key = CompactionKey(event) { newest[key] = event.position } }
    bytes += batch.size
    end = batch.last
    while bytes > bytesMax, head < batches.count, let oldest = batches[head] {
      for event in oldest.events { if let key = CompactionKey(event), newest[key] == event.position { newest[key] = nil } }
      bytes -= oldest.size
      start = oldest.last
      batches[head] = nil
      head += 1
    }
    if head > 64, head * 2 > batches.count {
      batches.removeFirst(head)
      onlyRooms.removeFirst(head)
      head = 0
    }
  }

  private func discardAll() {
    newest = [:]
    batches = []
    onlyRooms = []
    head = 0
    bytes = 0
    start = end
    redactedThrough = end
  }

  /// Whether a newer event with the same compaction key makes this one useless; the journal has dropped it too.
  func isSuperseded(_ event: FramedEvent) -> Bool {
    guard let key = CompactionKey(event), let position = newest[key] else { return false }
    return event.position < position
  }

  /// Calls `body` for each event after `position`, which must not be before `start`, until it returns false. Passes over batches of a room
  /// that `mayConcern` rules out. True if `body` always returned true.
  @inline(__always)
  func forEach(after position: Int64, where mayConcern: (RoomRowID) -> Bool, _ body: (FramedEvent, EventBatch) -> Bool) -> Bool {
    var low = head
    var high = batches.count
    while low < high {
      let middle = (low + high) / 2
      if (batches[middle]?.last ?? 0) <= position { low = middle + 1 } else { high = middle }
    }
    for index in low..<batches.count {
      if let room = onlyRooms[index], !mayConcern(room) { continue }
      guard let batch = batches[index] else { continue }
      for event in batch.events where event.position > position {
        if !body(event, batch) { return false }
      }
    }
    return true
  }
}

/// Identifies what a compacted event describes: of events with the same key only the newest matters.
private struct CompactionKey: Hashable {
  let kind: EventKind
  /// Nil for what is about the user alone.
  let room: RoomRowID?
  let user: UserRowID

  init?(_ event: FramedEvent) {
    guard event.kind.isCompacted, let user = event.user else { return nil }
    (kind, room, self.user) = (event.kind, event.room, user)
  }
}
