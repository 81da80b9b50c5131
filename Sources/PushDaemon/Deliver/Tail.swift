// The newest news, kept in memory for those who come back soon.

/// Batches in order, bounded in bytes; the oldest goes first.
struct Tail {
  /// All news after this position is here.
  private(set) var start: Int64
  /// All news up to this position is here.
  private(set) var end: Int64
  /// A message was deleted after this position: what was read of the journal up to here may have words that are taken back.
  private(set) var lastCut: Int64 = 0
  private var batches: [NewsBatch?] = []
  private var head = 0
  private var bytes = 0
  private let bytesMax: Int

  init(startingAt position: Int64, bytesMax: Int) {
    start = position
    end = position
    self.bytesMax = bytesMax
  }

  mutating func append(_ batch: NewsBatch) {
    // What was deleted must not be told again from memory, word for word: the journal has been redacted, older batches have not.
    if batch.hasDeletions { forget() }
    batches.append(batch)
    bytes += batch.size
    end = batch.last
    while bytes > bytesMax, head < batches.count, let oldest = batches[head] {
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

  private mutating func forget() {
    batches = []
    head = 0
    bytes = 0
    start = end
    lastCut = end
  }

  /// Calls `body` for each item after `position`, which must not be before `start`, until it answers false.
  func forEach(after position: Int64, _ body: (NewsBatch.Item, NewsBatch) -> Bool) {
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
