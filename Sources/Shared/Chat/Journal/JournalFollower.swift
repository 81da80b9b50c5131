// Follows the journal for a consumer such as the search index, with a saved position.
public import Domain
import SQL
import Store

/// Where a follower keeps the position of the last event that was handled.
public protocol FollowerPosition {
  /// Nil before the first start.
  func load() throws -> Int64?
  func save(_ position: Int64) throws
}

/// Hands the journal's events on in batches, in order, each at least once: the position is saved after a batch was handled, so after a crash
/// in between the batch comes again. For one thread.
public final class JournalFollower {
  public enum Progress: Sendable {
    case upToDate
    /// The batch was full: there may be more.
    case behind
    /// The position is older than the journal's retention, or of another history: events are missing. Nothing was handled.
    case lost
  }

  private let chat: Chat
  private let position: any FollowerPosition
  private let batchMax: Int
  private let handle: ([JournalEntry]) throws -> Void

  /// A follower whose position is kept outside the database, for instance in the same transaction as what `handle` writes.
  public init(
    _ chat: Chat, position: any FollowerPosition, batchMax: Int = Chat.journalBatchMax, handle: @escaping ([JournalEntry]) throws -> Void
  ) {
    self.chat = chat
    self.position = position
    self.batchMax = batchMax
    self.handle = handle
  }

  /// A follower whose position is kept in the database under a name of its own.
  public convenience init(
    _ chat: Chat, name: String, batchMax: Int = Chat.journalBatchMax, handle: @escaping ([JournalEntry]) throws -> Void
  ) {
    self.init(chat, position: NamedPosition(chat: chat, name: name), batchMax: batchMax, handle: handle)
  }

  /// Reads the next batch, hands it on and saves the position. Starts at the newest event if no position is saved. Blocks.
  public func next() throws -> Progress {
    guard let start = try position.load() else {
      try skipToNewest()
      return .upToDate
    }
    let batch = try chat.readers.read { database -> JournalBatch? in
      try database.snapshot {
        guard try start >= Meta.journalFloor(database), try start <= Journal.lastPosition(database) else { return nil }
        return try Journal.batch(after: start, limit: batchMax, database)
      }
    }
    guard let batch else { return .lost }
    guard let last = batch.entries.last else { return .upToDate }
    try handle(batch.entries)
    try position.save(last.position)
    return batch.isFull ? .behind : .upToDate
  }

  /// Saves the newest position: earlier events are not handled. For a follower that is lost.
  public func skipToNewest() throws {
    try position.save(try chat.lastPosition())
  }
}

/// A position in the database.
private struct NamedPosition: FollowerPosition {
  let chat: Chat
  let name: String

  func load() throws -> Int64? {
    try chat.readers.read { try Meta.followerPosition(name, $0) }
  }

  func save(_ position: Int64) throws {
    try chat.commit { [name] in try Meta.setFollowerPosition(position, of: name, $0) }
  }
}
