// The writing side: whoever holds a Transaction is inside BEGIN IMMEDIATE on the one writer of the process.

/// Handed to operations by `GroupCommit`. What changes rows takes a `Transaction`; what only reads takes a `Database`.
package final class Transaction {
  package let database: Database
  /// What was appended to the journal since the transaction began, in order.
  var news: [JournalEntry] = []

  init(_ database: Database) {
    self.database = database
  }
}
