// Reads the journal on a connection of its own.
import Configuration
public import Domain
import SQL
import Store

/// Can read while other readers get no connection, since no file can be opened any more. For one thread.
public struct JournalReader: Sendable {
  private let database: Database

  /// Opens the connection. Throws `StoreError`.
  public init(_ chat: Chat) throws {
    database = try Database(path: chat.settings.databasePath, access: .reader, policy: chat.policy)
  }

  /// Events after a position, at most `Chat.journalBatchMax`. Blocks. Throws `StoreError`.
  public func events(after position: Int64) throws -> JournalBatch {
    try database.snapshot { try Journal.batch(after: position, limit: Chat.journalBatchMax, database) }
  }
}
