// The newest news, kept in memory for those who come back soon.
import Domain

/// Batches in order, bounded in bytes; the oldest goes first. An object: whoever is told from it while it is asked must not copy it.
final class ReplayBuffer {
  /// All news after this position is here.
  private(set) var start: Int64
  /// All news up to this position is here.
  private(set) var end: Int64
  /// A message was deleted after this position: what was read of the journal up to here may have words that are taken back.
  private(set) var redactedThrough: Int64 = 0
  /// Where it was told last how something stands now, as far as that is here: what was told of the same before is of no use any more.
  private var standings: [Standing: Int64] = [:]
  private var batches: [EventBatch?] = []
  private var head = 0
  private var bytes = 0
  private let bytesMax: Int

  init(startingAt position: Int64, bytesMax: Int) {
    start = position
    end = position
    self.bytesMax = bytesMax
  }

  func append(_ batch: EventBatch) {
    // What was deleted must not be told again from memory, word for word: the journal has been redacted, older batches have not.
    if batch.hasDeletions { forget() }
    batches.append(batch)
    for item in batch.items { if let standing = Standing(item) { standings[standing] = item.position } }
    bytes += batch.size
    end = batch.last
    while bytes > bytesMax, head < batches.count, let oldest = batches[head] {
      for item in oldest.items { if let standing = Standing(item), standings[standing] == item.position { standings[standing] = nil } }
      bytes -= oldest.size
      start = oldest.last
      batches[head] = nil
      head += 1
    }
    if head > 64, head * 2 > batches.count {
      batches.removeFirst(head)
      head = 0
    }
  }

  private func forget() {
    standings = [:]
    batches = []
    head = 0
    bytes = 0
    start = end
    redactedThrough = end
  }

  /// Whether newer news tells the same anew, so that who comes back is spared this: the journal has dropped it too.
  func isSuperseded(_ item: EventBatch.Item) -> Bool {
    guard let standing = Standing(item), let newest = standings[standing] else { return false }
    return item.position < newest
  }

  /// Calls `body` for each item after `position`, which must not be before `start`, until it answers false.
  @inline(__always)
  func forEach(after position: Int64, _ body: (EventBatch.Item, EventBatch) -> Bool) {
    var low = head
    var high = batches.count
    while low < high {
      let middle = (low + high) / 2
      if (batches[middle]?.last ?? 0) <= position { low = middle + 1 } else { high = middle }
    }
    for case let batch? in batches[low...] {
      for item in batch.items where item.position > position {
        if !body(item, batch) { return }
      }
    }
  }
}

/// What an event that `isCompacted` tells of.
private struct Standing: Hashable {
  let kind: EventKind
  let room: RoomRowID
  let user: UserRowID

  init?(_ item: EventBatch.Item) {
    guard item.kind.isCompacted, let room = item.room, let user = item.user else { return nil }
    (self.kind, self.room, self.user) = (item.kind, room, user)
  }
}
