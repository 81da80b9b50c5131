// Bringing the index of words up to date with the journal.
import Domain
package import Store
import Wire

/// How things stand once a batch has been taken into the index.
package enum IndexingState: Sendable {
  /// There was less than a batch to do.
  case upToDate
  /// The journal goes on.
  case behind
  /// Messages from before the journal are still to be taken in.
  case filling
}

extension Chat {
  /// Takes one batch into the index. For one thread; blocks, but holds up nobody who writes messages.
  package func index(_ indexer: SearchIndexer) throws -> IndexingState {
    var state = try indexer.state()
    let (floor, last) = try readers.read { try (Meta.journalFloor($0), Journal.lastPosition($0)) }
    // Another history, or a journal that was cut behind what the index knows: what it holds is not to be believed.
    if state.epoch != epoch || state.indexedThrough < floor || state.indexedThrough > last {
      try indexer.begin(epoch: epoch, at: floor == 0 ? 0 : last, filling: floor > 0)
      state = try indexer.state()
    }
    return try state.filledThrough.map { try fill(indexer, state, through: $0) } ?? follow(indexer, state)
  }

  /// Messages from before the journal begins, the oldest first. New ones wait meanwhile: they are found in the journal.
  private func fill(_ indexer: SearchIndexer, _ state: SearchIndex.State, through position: Int64) throws -> IndexingState {
    // Held by the indexer only once what it gave is in the index: after a failure it is found anew.
    var history = indexer.history
    indexer.history = nil
    let messages = try readers.read { database in
      try database.snapshot {
        var goingOn = try history ?? MessageHistory(after: position, through: state.indexedThrough, database)
        defer { history = goingOn }
        return try goingOn.next(limit: SearchIndexer.fillMax, database)
      }
    }
    try indexer.take(
      messages.map(Self.entry),
      state: SearchIndex.State(epoch: state.epoch, indexedThrough: state.indexedThrough, filledThrough: messages.last?.position))
    if !messages.isEmpty { indexer.history = history }
    return .filling
  }

  private func follow(_ indexer: SearchIndexer, _ state: SearchIndex.State) throws -> IndexingState {
    let (events, entries) = try readers.read { database in
      try database.snapshot {
        let events = try Journal.entries(after: state.indexedThrough, limit: SearchIndexer.batchMax, database)
        // Each message once, as it is now: what became of it later will be taken in again when the journal tells of it. One that is
        // gone went with its room, which the journal tells of too.
        let entries = try Set(events.compactMap(\.messageRow)).sorted().compactMap { try Messages.searchable($0, database).map(Self.entry) }
        return (events, entries)
      }
    }
    guard let last = events.last else { return .upToDate }
    let emptied = events.filter { $0.kind == .roomDeleted }.compactMap(\.room)
    try indexer.take(
      entries, emptiedRooms: emptied, state: SearchIndex.State(epoch: state.epoch, indexedThrough: last.position, filledThrough: nil))
    return events.count == SearchIndexer.batchMax ? .behind : .upToDate
  }

  private static func entry(_ message: SearchableMessage) -> SearchIndexer.Entry {
    SearchIndexer.Entry(
      row: message.row, position: message.position, author: message.author, content: MessageContent.text(inMessage: message.json))
  }
}
