// Editing and deleting messages.
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// The change that replaces the text of the user's own message. Returns the message's JSON.
  public func editing(_ seq: Int64, in room: String, content: String, session: SessionRowID) throws(ChatError) -> Change<[UInt8]> {
    let body = try MessageBody(content, mayBeEmpty: true)
    let isEmpty = (try? body.checkVisible()) == nil
    let names = MentionedNames.find(in: body.text)
    return try changing(seq, in: room, session: session) { [self] access, stored, transaction in
      guard stored.author == access.user.rowID else { throw ChatError(.forbidden, "Only the author may edit this message.") }
      // An edit can carry new text to the other user of a direct room, so what forbids a message forbids it.
      _ = try Self.recipient(in: access, transaction.database)
      var message = try Self.message(stored)
      guard !message.deleted else { throw ChatError(.conflict, "This message is deleted.") }
      if isEmpty, message.attachments.isEmpty { try body.checkVisible() }
      guard message.content != body.text else { return stored.json }
      try transaction.checkEventBudget(.user(access.user.rowID))
      try enforceRateLimit(.change, of: access.user.rowID, transaction)
      let before = message.mentions
      let mentioned = try Self.mentioned(names, in: access.room, by: stored.author, transaction.database)
      message.content = body.text
      message.mentions = mentioned.map(\.id)
      message.editedAt = transaction.now
      var writer = JSONWriter(reservingBytes: 384 + body.text.utf8.count)
      writer.message(message)
      try Messages.replace(stored.id, json: writer.bytes, transaction)
      try Journal.append(
        .messageEdited, by: .user(access.user.rowID), room: access.room, message: stored.id, data: writer.bytes, at: transaction.now,
        transaction)
      try Self.updateMentions(before, mentioned, stored.id, transaction)
      return writer.bytes
    }
  }

  /// The change that deletes a message, for its author and moderators. The message keeps its seq and loses its text, in the journal too.
  /// Deleting again changes nothing.
  public func deleting(_ seq: Int64, in room: String, session: SessionRowID) throws(ChatError) -> Change<[UInt8]> {
    try changing(seq, in: room, session: session) { access, stored, transaction in
      guard stored.author == access.user.rowID || Permissions.allows(.moderate, as: access.role, in: access.kind) else {
        throw ChatError(.forbidden, "Only the author or a moderator may delete this message.")
      }
      var message = try Self.message(stored)
      guard !message.deleted else { return stored.json }
      let cause = EventCause.user(access.user.rowID)
      try transaction.checkEventBudget(cause)
      return try Self.delete(stored, &message, by: access.user.id, cause, transaction)
    }
  }

  /// Takes the text out of a message, and appends `message.deleted`. Returns the message's JSON.
  static func delete(
    _ stored: StoredMessage, _ message: inout Message, by deleter: PublicID, _ cause: EventCause, _ transaction: Transaction
  ) throws -> [UInt8] {
    let mentioned = message.mentions
    if !message.attachments.isEmpty { try Files.remove(of: stored.id, transaction) }
    let json = emptied(&message)
    try Messages.replace(stored.id, json: json, transaction)
    try DeletedMessages.insert(stored.id, transaction)
    // Clients see from the message itself that it is in no list any more.
    _ = try PinnedMessages.delete(stored.id, transaction)
    try SavedMessages.forget(stored.id, transaction)
    try Journal.redact(stored.id, announcedAt: stored.position, json: json, transaction)
    let event = JSONWriter.messageDeletedEvent(room: message.roomID, seq: message.seq, by: deleter)
    try Journal.append(
      .messageDeleted, by: cause, room: stored.id.room, message: stored.id, data: event, at: transaction.now, transaction)
    try updateMentions(mentioned, [], stored.id, transaction)
    return json
  }

  /// Takes out of a message what it says, and returns what is left as JSON.
  static func emptied(_ message: inout Message) -> [UInt8] {
    message.attachments = []
    message.content = nil
    message.mentions = []
    message.reactions = Reactions()
    message.deleted = true
    var writer = JSONWriter(reservingBytes: 384)
    writer.message(message)
    return writer.bytes
  }

  /// Wraps `body` with the lookup of the message and the check of the permission.
  func changing(
    _ seq: Int64, in room: String, session: SessionRowID, for action: RoomAction = .post,
    _ body: @escaping @Sendable (PostingAccess, StoredMessage, Transaction) throws -> [UInt8]
  ) throws(ChatError) -> Change<[UInt8]> {
    guard let room = PublicID(room) else { throw .notFound }
    return { [self] transaction in
      let access = try Self.access(session: session, to: room, for: action, transaction.database)
      try checkMayChange(isVerified: access.isVerified)
      guard let stored = try Messages.find(MessageID(room: access.room, seq: seq), transaction.database) else { throw ChatError.notFound }
      return try body(access, stored, transaction)
    }
  }

  /// The access of a session's user to a room. Throws unless the action is allowed.
  static func access(
    session: SessionRowID, to room: PublicID, for action: RoomAction, _ database: Database
  ) throws -> PostingAccess {
    guard let access = try Messages.postingAccess(session: session, to: room, database) else {
      throw try accessError(of: session, database)
    }
    try Permissions.check(action, as: access.role, in: access.kind)
    return access
  }

  /// Parses a stored message; throws a corruption error if it is unreadable.
  static func message(_ stored: StoredMessage) throws -> Message {
    guard let message = Message(json: stored.json) else {
      throw StoreError(.corruption, message: "message \(stored.id) is not readable", sql: "messages.json")
    }
    return message
  }
}
