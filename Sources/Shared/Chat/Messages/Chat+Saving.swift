// Messages that a user keeps for themselves.
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Saves a message for the principal alone, or takes it out of their list, and tells their devices. Repeating it changes nothing.
  public func saveMessage(_ seq: Int64, isSaved: Bool, in room: String, by principal: Principal) throws {
    try commit(as: principal) { transaction in
      let (database, user) = (transaction.database, principal.user.rowID)
      let access = try Self.access(of: principal, to: room, for: .read, database)
      guard let stored = try Messages.find(MessageID(room: access.room, seq: seq), database) else { throw ChatError.notFound }
      guard try SavedMessages.contains(stored.id, of: user, database) != isSaved else { return }
      let cause = EventCause.user(user)
      try transaction.checkEventBudget(cause)
      if isSaved {
        guard try !Self.message(stored).deleted else { throw ChatError(.conflict, "This message is deleted.") }
        guard try SavedMessages.count(of: user, database) < SavedMessages.countMax else {
          throw ChatError(.conflict, "A user saves at most \(SavedMessages.countMax) messages.")
        }
        try SavedMessages.insert(stored.id, of: user, at: transaction.now, transaction)
      } else {
        _ = try SavedMessages.delete(stored.id, of: user, transaction)
      }
      let data = JSONWriter.savedEvent(room: PublicID(trusted: room), seq: seq)
      try Journal.append(
        isSaved ? .messageSaved : .messageUnsaved, by: cause, user: user, data: data, at: transaction.now, transaction)
    }
  }

  /// The principal's saved messages, the last one saved first, of the rooms that they are in.
  public func savedMessages(of principal: Principal, before cursor: Int64?, limit: Int) throws -> [SavedMessage] {
    try readers.read { try SavedMessages.list(of: principal.user.rowID, before: cursor, limit: limit, $0) }
  }
}
