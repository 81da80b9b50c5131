// Keeps the full-text index up to date with the journal.
import Auth
import Configuration
import Domain
import Posix
import SQL
public import SearchIndex
import Store
import Wire

/// What is left to index after a batch.
public enum IndexingState: Sendable {
  /// The batch was not full: nothing.
  case upToDate
  /// The journal goes on.
  case behind
  /// Messages from before the journal are not all indexed yet.
  case backfilling
}

/// What is left to erase.
public enum ErasingState: Sendable {
  /// No file has a word that was removed.
  case done
  /// The next call goes on.
  case more
  /// A reader needs the old words: to be tried again later.
  case waiting
}

/// The writing side of the search index. It follows the journal, after a backfill of older messages if the index is new. For one thread.
public final class SearchIndexing {
  public let writer: SearchIndexWriter
  private let chat: Chat
  private let follower: JournalFollower
  private var backfill: BackfillScan?

  /// Opens or creates the index file. Throws `StoreError`.
  public init(_ chat: Chat) throws {
    let writer = try SearchIndexWriter(path: chat.settings.searchIndexPath)
    self.writer = writer
    self.chat = chat
    follower = JournalFollower(chat, position: IndexPosition(writer: writer), batchMax: SearchIndexWriter.batchMax) { events in
      try Self.index(events, writer, chat)
    }
  }

  /// Whether the file is damaged or gone: the next batch rebuilds it.
  public var isLost: Bool { writer.isLost }

  /// Indexes one batch. Blocks, but delays no writer of messages.
  public func next() throws -> IndexingState {
    guard let state = try currentState() else { return try begin() }
    if let filledThrough = state.filledThrough { return try backfill(state, through: filledThrough) }
    return switch try follower.next() {
    case .upToDate: try state.editedThrough < state.indexedThrough ? indexEdits() : .upToDate
    case .behind: .behind
    case .lost: try begin()
    }
  }

  /// Erases a bounded part of the words of messages that were deleted or edited.
  public func eraseNext() throws -> ErasingState {
    switch try writer.eraseNext() {
    case .done: .done
    case .more: .more
    case .waiting: .waiting
    }
  }

  /// Indexes edits alone: those of few large messages fill a batch before their events do.
  private func indexEdits() throws -> IndexingState {
    try Self.index([], writer, chat)
    return .behind
  }

  /// Nil if the index must be rebuilt: it is not the database's, or the journal does not have all that the index lacks, because it was pruned
  /// beyond the index's position or is of another epoch.
  private func currentState() throws -> SearchIndex.State? {
    let (floor, last, name) = try chat.readers.read { try (Meta.journalFloor($0), Journal.lastPosition($0), Meta.searchIndex($0)) }
    guard let state = try writer.state(), state.name == name, state.epoch == chat.epoch,
      min(state.indexedThrough, state.editedThrough) >= floor, max(state.indexedThrough, state.editedThrough) <= last
    else { return nil }
    return state
  }

  private func begin() throws -> IndexingState {
    let (floor, last) = try chat.readers.read { try (Meta.journalFloor($0), Journal.lastPosition($0)) }
    let state = SearchIndex.State(
      epoch: chat.epoch, name: Random.id(), indexedThrough: floor == 0 ? 0 : last, filledThrough: floor == 0 ? nil : 0, editedThrough: last)
    backfill = nil
    try writer.begin(state)
    try chat.commit { try Meta.setSearchIndex(state.name, $0) }
    return .behind
  }

  /// Indexes messages from before the journal, the oldest first. Newer ones wait meanwhile: searches scan them in their rooms.
  private func backfill(_ state: SearchIndex.State, through position: Int64) throws -> IndexingState {
    // Kept only once its messages are in the index: after a failure the scan starts again.
    var scan = backfill
    backfill = nil
    var state = state
    let messages = try chat.readers.read { database in
      try database.snapshot {
        var current = try scan ?? BackfillScan(after: position, through: state.indexedThrough, database)
        defer { scan = current }
        let messages = try current.next(
          limit: SearchIndexWriter.backfillMax, bytesMax: SearchIndexWriter.backfillBytesMax, database)
        let edited = try Self.editedMessages(&state, database)
        state.filledThrough = messages.last?.position
        return messages + edited
      }
    }
    try writer.index(messages.map(Self.entry), state: state)
    if state.filledThrough != nil { backfill = scan }
    return .backfilling
  }

  /// Indexes the messages that events are about, as they are now: later edits have events of their own. One that is missing went with its
  /// room, or has expired.
  private static func index(_ events: [JournalEntry], _ writer: SearchIndexWriter, _ chat: Chat) throws {
    guard var state = try writer.state() else { return }
    var expired: [RoomRowID: Int64] = [:]
    let messages = try chat.readers.read { database in
      try database.snapshot {
        for room in Set(events.filter { $0.kind == .messagesExpired }.compactMap(\.room)) {
          expired[room] = try ExpiredMessages.lastPosition(in: room, database)
        }
        let edited = try editedMessages(&state, database)
        let new = try events.filter { $0.kind != .messageEdited }.compactMap(\.message?.row).compactMap {
          try Messages.searchable($0, database)
        }
        return new + edited
      }
    }
    if let last = events.last { state.indexedThrough = last.position }
    let deletedRooms = events.filter { $0.kind == .roomDeleted }.compactMap(\.room)
    try writer.index(messages.map(entry), deletedRooms: deletedRooms, expired: expired, state: state)
  }

  /// Edited messages among those in the index; moves `editedThrough`. Edits come before new messages, however many of those there are:
  /// each search reads all edits that the index lacks. Messages that are not in the index yet are indexed as they are then.
  private static func editedMessages(_ state: inout SearchIndex.State, _ database: Database) throws -> [SearchableMessage] {
    let edits = try Journal.edits(after: state.editedThrough, limit: SearchIndexWriter.batchMax, database)
    var messages: [Int64: SearchableMessage] = [:]
    var bytes = 0
    for edit in edits where bytes < Journal.batchBytesMax {
      state.editedThrough = edit.position
      guard messages[edit.row] == nil, let message = try Messages.searchable(edit.row, database) else { continue }
      bytes += message.json.count
      messages[edit.row] = message
    }
    if edits.count < SearchIndexWriter.batchMax, bytes < Journal.batchBytesMax {
      state.editedThrough = try Journal.lastPosition(database)
    }
    return messages.values.filter { $0.position <= state.completeThrough }
  }

  private static func entry(_ message: SearchableMessage) -> SearchIndexWriter.Entry {
    SearchIndexWriter.Entry(
      row: message.row, position: message.position, author: message.author, content: MessageContent.searchableText(inMessage: message.json))
  }
}

/// The index's own position: `SearchIndexWriter.index` saves it in the transaction that indexes the messages.
private struct IndexPosition: FollowerPosition {
  let writer: SearchIndexWriter

  func load() throws -> Int64? { try writer.state()?.indexedThrough }
  func save(_ position: Int64) throws {}
}
