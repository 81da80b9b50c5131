// The writing side: an operation that holds a Transaction holds the write lock of the database.
package import Domain

/// Handed to operations by `GroupCommit`. What changes rows takes a `Transaction`; what only reads takes a `Database`.
package final class Transaction {
  package let database: Database
  /// The time of all changes in this transaction: when it got the write lock, so that times rise in the order of commits.
  package internal(set) var now: Timestamp
  /// The events appended to the journal since the transaction began, in order.
  package private(set) var events: [JournalEntry] = []

  package init(_ database: Database, now: Timestamp) {
    self.database = database
    self.now = now
  }

  /// Notes an event that this transaction has stored, for the commit hook.
  package func append(_ event: JournalEntry) { events.append(event) }

  /// Replaces the data of events that this transaction has stored, as it is replaced in the journal.
  package func redact(with data: [UInt8], where isAffected: (JournalEntry) -> Bool) {
    for (index, event) in events.enumerated() where isAffected(event) { events[index].data = data }
  }

  /// Forgets all events but the first `count`: their rows were rolled back.
  func rollBackEvents(to count: Int) { events.removeSubrange(count...) }
}
