// Messages that a room pins for all of its members.
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// The change that pins a message, or takes it off; for moderators, in a direct room for both. Returns the message's JSON. Repeating it
  /// changes nothing.
  public func pinning(_ seq: Int64, isPinned: Bool, in room: String, session: SessionRowID) throws(ChatError) -> Change<[UInt8]> {
    try changing(seq, in: room, session: session, for: .pin) { [self] access, stored, transaction in
      _ = try Self.recipient(in: access, transaction.database)
      guard try PinnedMessages.contains(stored.id, transaction.database) != isPinned else { return stored.json }
      let message = try Self.message(stored)
      guard !message.deleted else { throw ChatError(.conflict, "This message is deleted.") }
      let cause = EventCause.user(access.user.rowID)
      try transaction.checkEventBudget(cause)
      try enforceRateLimit(.change, of: access.user.rowID, transaction)
      if isPinned {
        guard try PinnedMessages.count(in: access.room, transaction.database) < PinnedMessages.countMax else {
          throw ChatError(.conflict, "A room has at most \(PinnedMessages.countMax) pinned messages.")
        }
        try PinnedMessages.insert(stored.id, by: access.user.rowID, at: transaction.now, transaction)
      } else {
        _ = try PinnedMessages.delete(stored.id, transaction)
      }
      let data = JSONWriter.pinEvent(room: message.roomID, seq: message.seq, user: access.user.id)
      try Journal.append(
        isPinned ? .messagePinned : .messageUnpinned, by: cause, room: access.room, data: data, at: transaction.now, transaction)
      return stored.json
    }
  }

  /// The pinned messages of a room, the last one pinned first; for members.
  public func pinnedMessages(in room: String, for principal: Principal) throws -> [PinnedMessage] {
    try readers.read { database in
      try database.snapshot {
        let access = try Self.access(of: principal, to: room, for: .read, database)
        return try PinnedMessages.list(in: access.room, database)
      }
    }
  }
}
