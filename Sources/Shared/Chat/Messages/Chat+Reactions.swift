// Reactions to messages.
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// The change that adds the user's reaction to a message. Returns the message's JSON. Adding the same reaction again changes nothing.
  public func reacting(with emoji: String, to seq: Int64, in room: String, session: SessionRowID) throws(ChatError) -> Change<[UInt8]> {
    let emoji = try Emoji(emoji)
    return try changingReactions(to: seq, in: room, session: session, emoji, .reactionAdded) { reactions, user in
      try reactions.add(emoji, by: user)
    }
  }

  /// The change that removes the user's reaction. Returns the message's JSON. Without such a reaction nothing changes.
  public func unreacting(with emoji: String, to seq: Int64, in room: String, session: SessionRowID) throws(ChatError) -> Change<[UInt8]> {
    let emoji = try Emoji(emoji)
    return try changingReactions(to: seq, in: room, session: session, emoji, .reactionRemoved) { reactions, user in
      reactions.remove(emoji, by: user)
    }
  }

  /// `change` returns whether it changed anything.
  private func changingReactions(
    to seq: Int64, in room: String, session: SessionRowID, _ emoji: Emoji, _ event: EventKind,
    _ change: @escaping @Sendable (inout Reactions, PublicID) throws -> Bool
  ) throws(ChatError) -> Change<[UInt8]> {
    try changing(seq, in: room, session: session, for: .react) { [self] access, stored, transaction in
      _ = try Self.recipient(in: access, transaction.database)
      var message = try Self.message(stored)
      guard !message.deleted else { throw ChatError(.conflict, "This message is deleted.") }
      guard try change(&message.reactions, access.user.id) else { return stored.json }
      try transaction.checkEventBudget(.user(access.user.rowID))
      try enforceRateLimit(.change, of: access.user.rowID, transaction)
      var writer = JSONWriter(reservingBytes: stored.json.count + 64)
      writer.message(message)
      try Messages.replace(stored.id, json: writer.bytes, transaction)
      let data = JSONWriter.reactionEvent(room: message.roomID, seq: message.seq, emoji: emoji, user: access.user.id)
      try Journal.append(event, by: .user(access.user.rowID), room: access.room, data: data, at: transaction.now, transaction)
      return writer.bytes
    }
  }
}
