// Bringing the index of words up to date with the journal.
import Domain
package import Store
import Wire

extension Chat {
  /// Takes one batch into the index. True if there may be more. For one thread; blocks, but holds up nobody who writes messages.
  package func index(_ indexer: SearchIndexer) throws -> Bool {
    var state = try indexer.state()
    let (floor, last) = try readers.read { try (Meta.journalFloor($0), Journal.lastPosition($0)) }
    // Another history, or a journal that was cut behind what the index knows: what it holds is not to be believed.
    if state.epoch != epoch || state.indexedThrough < floor || state.indexedThrough > last {
      try indexer.begin(epoch: epoch, at: floor == 0 ? 0 : last, filling: floor > 0)
      state = try indexer.state()
    }
    return try state.filledThrough.map { try fill(indexer, state, through: $0) } ?? follow(indexer, state)
  }

  /// Messages from before the journal begins, from the oldest room on. New ones wait meanwhile: they are found in the journal.
  private func fill(_ indexer: SearchIndexer, _ state: SearchIndex.State, through row: Int64) throws -> Bool {
    let messages = try readers.read { try Messages.searchable(after: row, limit: SearchIndexer.batchMax * 8, $0) }
    try indexer.take(
      messages.map(Self.entry),
      state: SearchIndex.State(epoch: state.epoch, indexedThrough: state.indexedThrough, filledThrough: messages.last?.row))
    return true
  }

  private func follow(_ indexer: SearchIndexer, _ state: SearchIndex.State) throws -> Bool {
    let (events, entries) = try readers.read { database in
      try database.snapshot {
        let events = try Journal.entries(after: state.indexedThrough, limit: SearchIndexer.batchMax, database)
        // Each message once, as it is now: what became of it later will be taken in again when the journal tells of it.
        let entries = try Set(events.compactMap(\.messageRow)).sorted().map { row in
          try Messages.searchable(row, database).map(Self.entry) ?? SearchIndexer.Entry(row: row, author: UserNumber(0), content: nil)
        }
        return (events, entries)
      }
    }
    guard let last = events.last else { return false }
    let emptied = events.filter { $0.kind == .roomDeleted }.compactMap(\.room)
    try indexer.take(
      entries, emptiedRooms: emptied, state: SearchIndex.State(epoch: state.epoch, indexedThrough: last.position, filledThrough: nil))
    return events.count == SearchIndexer.batchMax
  }

  private static func entry(_ message: SearchableMessage) -> SearchIndexer.Entry {
    SearchIndexer.Entry(row: message.row, author: message.author, content: MessageContent.text(inMessage: message.json))
  }
}
