// Bringing the full-text index up to date with the journal.
import Auth
import Domain
import SQL
package import SearchIndex
import Store
import Wire

/// What is left to index after a batch.
package enum IndexingState: Sendable {
  /// The batch was not full: nothing.
  case upToDate
  /// The journal goes on.
  case behind
  /// Messages from before the journal are not all indexed yet.
  case backfilling
}

/// The index that is being written, and the scan of messages from before the journal. For one thread.
package final class SearchIndexing {
  package let writer: SearchIndexWriter
  var backfill: BackfillScan?

  /// Opens or creates the file. Throws `StoreError`.
  package init(path: String) throws {
    writer = try SearchIndexWriter(path: path)
  }

  /// Whether the file is damaged or gone: the next batch rebuilds it.
  package var isLost: Bool { writer.isLost }
}

extension Chat {
  /// Indexes one batch. For one thread; blocks, but delays no writer of messages.
  package func index(_ indexing: SearchIndexing) throws -> IndexingState {
    let (floor, last, name) = try readers.read { try (Meta.journalFloor($0), Journal.lastPosition($0), Meta.searchIndex($0)) }
    if let state = try indexing.writer.state(), state.name == name, state.epoch == epoch,
      // A journal that was pruned beyond the index's position, or one of another epoch, does not have what the index lacks.
      min(state.indexedThrough, state.editedThrough) >= floor, max(state.indexedThrough, state.editedThrough) <= last
    {
      return try state.filledThrough.map { try backfill(indexing, state, through: $0) } ?? follow(indexing.writer, state)
    }
    let state = SearchIndex.State(
      epoch: epoch, name: Random.id(), indexedThrough: floor == 0 ? 0 : last, filledThrough: floor == 0 ? nil : 0, editedThrough: last)
    indexing.backfill = nil
    try indexing.writer.begin(state)
    try commit { try Meta.setSearchIndex(state.name, $0) }
    return .behind
  }

  /// Indexes messages from before the journal, the oldest first. Newer ones wait meanwhile: searches scan them in their rooms.
  private func backfill(_ indexing: SearchIndexing, _ state: SearchIndex.State, through position: Int64) throws -> IndexingState {
    // Kept only once its messages are in the index: after a failure the scan starts again.
    var scan = indexing.backfill
    indexing.backfill = nil
    var state = state
    let messages = try readers.read { database in
      try database.snapshot {
        var current = try scan ?? BackfillScan(after: position, through: state.indexedThrough, database)
        defer { scan = current }
        let messages = try current.next(limit: SearchIndexWriter.backfillMax, database)
        let edited = try edited(&state, database)
        state.filledThrough = messages.last?.position
        return messages + edited.messages
      }
    }
    try indexing.writer.index(messages.map(Self.entry), state: state)
    if state.filledThrough != nil { indexing.backfill = scan }
    return .backfilling
  }

  private func follow(_ writer: SearchIndexWriter, _ state: SearchIndex.State) throws -> IndexingState {
    var state = state
    let (events, messages, isBehind) = try readers.read { database in
      try database.snapshot {
        let edited = try edited(&state, database)
        let events = try Journal.entries(after: state.indexedThrough, limit: SearchIndexWriter.batchMax, database)
        if let last = events.last { state.indexedThrough = last.position }
        // Each message as it is now: later edits have events of their own. One that is missing went with its room.
        let new = try events.filter { $0.kind != .messageEdited }.compactMap(\.messageRow)
          .compactMap { try Messages.searchable($0, database) }
        return (events, new + edited.messages, edited.isBehind || events.count == SearchIndexWriter.batchMax)
      }
    }
    guard !events.isEmpty || !messages.isEmpty else { return .upToDate }
    let deletedRooms = events.filter { $0.kind == .roomDeleted }.compactMap(\.room)
    try writer.index(messages.map(Self.entry), deletedRooms: deletedRooms, state: state)
    return isBehind ? .behind : .upToDate
  }

  /// Edited messages among those in the index; moves `editedThrough`. Edits come before new messages, however many of those there are:
  /// each search reads all edits that the index lacks. Messages that are not in the index yet are indexed as they are then.
  private func edited(
    _ state: inout SearchIndex.State, _ database: Database
  ) throws -> (messages: [SearchableMessage], isBehind: Bool) {
    let edits = try Journal.edits(after: state.editedThrough, limit: SearchIndexWriter.batchMax, database)
    let isBehind = edits.count == SearchIndexWriter.batchMax
    state.editedThrough = try isBehind ? edits.last?.position ?? state.editedThrough : Journal.lastPosition(database)
    let messages = try Set(edits.map(\.row)).compactMap { try Messages.searchable($0, database) }
    return (messages.filter { $0.position <= state.completeThrough }, isBehind)
  }

  private static func entry(_ message: SearchableMessage) -> SearchIndexWriter.Entry {
    SearchIndexWriter.Entry(
      row: message.row, position: message.position, author: message.author, content: MessageContent.text(inMessage: message.json))
  }
}
