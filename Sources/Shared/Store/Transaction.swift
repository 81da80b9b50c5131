// The writing side: whoever holds a Transaction is inside BEGIN IMMEDIATE on the one writer of the process.
import Domain

/// Handed to operations by `GroupCommit`. What changes rows takes a `Transaction`; what only reads takes a `Database`.
package final class Transaction {
  package let database: Database
  /// What was appended to the journal since the transaction began, in order.
  var news: [JournalEntry] = []

  init(_ database: Database) {
    self.database = database
  }

  /// Takes a message's words out of what this very transaction has appended, as they are taken out of the journal.
  func redactNews(ofMessage row: Int64, json: [UInt8]) {
    for (index, entry) in news.enumerated() where entry.kind != .messageDeleted && entry.messageRow == row {
      news[index] = JournalEntry(position: entry.position, kind: entry.kind, room: entry.room, user: entry.user, data: json)
    }
  }
}
