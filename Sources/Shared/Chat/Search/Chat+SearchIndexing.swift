// Bringing the index of words up to date with the journal.
import Auth
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
  package func index(_ indexer: SearchIndexWriter) throws -> IndexingState {
    let (floor, last, name) = try readers.read { try (Meta.journalFloor($0), Journal.lastPosition($0), Meta.searchIndex($0)) }
    if let state = try indexer.state(), state.name == name, state.epoch == epoch,
      // A journal that was cut behind what the index knows, or one of another history, does not tell what it is missing.
      min(state.indexedThrough, state.editedThrough) >= floor, max(state.indexedThrough, state.editedThrough) <= last
    {
      return try state.filledThrough.map { try fill(indexer, state, through: $0) } ?? follow(indexer, state)
    }
    let state = SearchIndex.State(
      epoch: epoch, name: Random.id(), indexedThrough: floor == 0 ? 0 : last, filledThrough: floor == 0 ? nil : 0, editedThrough: last)
    try indexer.begin(state)
    try commit { try Meta.setSearchIndex(state.name, $0) }
    return .behind
  }

  /// Messages from before the journal begins, the oldest first. New ones wait meanwhile: they are found in their rooms.
  private func fill(_ indexer: SearchIndexWriter, _ state: SearchIndex.State, through position: Int64) throws -> IndexingState {
    // Held by the indexer only once what it gave is in the index: after a failure it is found anew.
    var history = indexer.history
    indexer.history = nil
    var state = state
    let messages = try readers.read { database in
      try database.snapshot {
        var goingOn = try history ?? BackfillScan(after: position, through: state.indexedThrough, database)
        defer { history = goingOn }
        let messages = try goingOn.next(limit: SearchIndexWriter.fillMax, database)
        let edited = try edited(&state, database)
        state.filledThrough = messages.last?.position
        return messages + edited.messages
      }
    }
    try indexer.take(messages.map(Self.entry), state: state)
    if state.filledThrough != nil { indexer.history = history }
    return .filling
  }

  private func follow(_ indexer: SearchIndexWriter, _ state: SearchIndex.State) throws -> IndexingState {
    var state = state
    let (events, messages, isBehind) = try readers.read { database in
      try database.snapshot {
        let edited = try edited(&state, database)
        let events = try Journal.entries(after: state.indexedThrough, limit: SearchIndexWriter.batchMax, database)
        if let last = events.last { state.indexedThrough = last.position }
        // Each message as it is now: what becomes of it later will be told too. One that is gone went with its room.
        let told = try events.filter { $0.kind != .messageEdited }.compactMap(\.messageRow)
          .compactMap { try Messages.searchable($0, database) }
        return (events, told + edited.messages, edited.isBehind || events.count == SearchIndexWriter.batchMax)
      }
    }
    guard !events.isEmpty || !messages.isEmpty else { return .upToDate }
    let emptied = events.filter { $0.kind == .roomDeleted }.compactMap(\.room)
    try indexer.take(messages.map(Self.entry), emptiedRooms: emptied, state: state)
    return isBehind ? .behind : .upToDate
  }

  /// What was edited of the messages that the index has, and how far that was told. Edits come before what is new, however much of that
  /// there is: a search reads those that the index does not know, each time. What it does not have yet will come as it then is.
  private func edited(
    _ state: inout SearchIndex.State, _ database: Database
  ) throws -> (messages: [SearchableMessage], isBehind: Bool) {
    let edits = try Journal.edits(after: state.editedThrough, limit: SearchIndexWriter.batchMax, database)
    let isBehind = edits.count == SearchIndexWriter.batchMax
    state.editedThrough = try isBehind ? edits.last?.position ?? state.editedThrough : Journal.lastPosition(database)
    let messages = try Set(edits.map(\.row)).compactMap { try Messages.searchable($0, database) }
    return (messages.filter { $0.position <= state.reach }, isBehind)
  }

  private static func entry(_ message: SearchableMessage) -> SearchIndexWriter.Entry {
    SearchIndexWriter.Entry(
      row: message.row, position: message.position, author: message.author, content: MessageContent.text(inMessage: message.json))
  }
}
