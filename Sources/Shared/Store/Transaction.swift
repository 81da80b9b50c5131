// The writing side: whoever holds a Transaction is inside BEGIN IMMEDIATE on the one writer of the process.

/// Handed to operations by `GroupCommit`. What changes rows takes a `Transaction`; what only reads takes a `Database`.
package final class Transaction {
  package let database: Database
  /// Whether anything was appended to the journal since the transaction began, so that the bell is rung only for news.
  var hasNews = false

  init(_ database: Database) {
    self.database = database
  }
}
