// The writing side: an operation that holds a Transaction holds the write lock of the database.
public import Domain

/// Handed to operations by `GroupCommit`. What changes rows takes a `Transaction`; what only reads takes a `Database`.
public final class Transaction {
  public let database: Database
  /// The time of all changes in this transaction, from when it got the write lock. As `Chat` gives it, it rises in the order of commits
  /// also while the wall clock is behind (`Journal.time`).
  public internal(set) var now: Timestamp
  /// The events appended to the journal since the transaction began, in order.
  public private(set) var events: [JournalEntry] = []

  /// The budget that is charged for events; nil if there is no limit.
  public let eventBudget: EventBudget?
  /// What the operation under way has been charged for its events.
  public var charges = EventCharges()

  public init(_ database: Database, now: Timestamp, eventBudget: EventBudget? = nil) {
    self.database = database
    self.now = now
    self.eventBudget = eventBudget
  }

  /// The next operation begins: one request of one user.
  func beginOperation() { charges = EventCharges() }

  /// Notes an event that this transaction has stored, for the commit hook.
  public func append(_ event: JournalEntry) { events.append(event) }

  /// Replaces the data of events that this transaction has stored, as it is replaced in the journal.
  public func redact(with data: [UInt8], where isAffected: (JournalEntry) -> Bool) {
    for (index, event) in events.enumerated() where isAffected(event) { events[index].data = data }
  }

  /// Forgets all events but the first `count`: their rows were rolled back.
  func rollBackEvents(to count: Int) { events.removeSubrange(count...) }
}
