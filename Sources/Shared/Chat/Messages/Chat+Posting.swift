// Posting a message: permission, idempotency, rate limit, storage and event, in one transaction.
import Auth
public import Domain
import SQL
import Store
public import Wire

/// The outcome of posting a message.
public struct PostResult: Sendable {
  public let seq: Int64
  /// The message as clients see it.
  public let json: [UInt8]
  /// False for a retry: the sender had posted it under the same `client_id`.
  public let isNew: Bool
}

extension Chat {
  /// Validates a message and returns the change that posts it. The message is its own event.
  public func posting(_ message: NewMessage, to room: String, session: SessionRowID) throws(ChatError) -> Change<PostResult> {
    guard let room = PublicID(room) else { throw .notFound }
    let attachments = try AttachmentList(message.attachments)
    let body = try MessageBody(message.content, mayBeEmpty: !attachments.isEmpty)
    let names = MentionedNames.find(in: body.text)
    let clientID: ClientID? = if let text = message.client_id { try ClientID(text) } else { nil }
    if let seq = message.reply_to, !(1...MessageID.seqMax).contains(seq) { throw Self.unknownReply }
    let fingerprint = clientID.map { _ in Self.fingerprint(of: body, replyTo: message.reply_to, attachments.ids, in: room) }

    return { [self] transaction in
      let database = transaction.database
      guard let access = try Messages.postingAccess(session: session, to: room, database) else {
        throw try Self.accessError(of: session, database)
      }
      // Before all else: a retry returns the message as it is now, so it needs the right to read that. An author who has left or was banned
      // gets what every non-member gets.
      try Permissions.check(.read, as: access.role, in: access.kind)
      try checkMayChange(isVerified: access.isVerified)
      // Before the rate limit: a retry always gets the first result, and costs nothing.
      if let clientID, let earlier = try Messages.find(author: access.user.rowID, clientID: clientID, tails, transaction) {
        guard earlier.fingerprint == fingerprint else { throw ChatError(.clientIDReused, "This client_id was used for another message.") }
        return PostResult(seq: earlier.id.seq, json: earlier.json, isNew: false)
      }
      try Permissions.check(.post, as: access.role, in: access.kind)
      let recipient = try Self.recipient(in: access, database)
      if let seq = message.reply_to, try Messages.find(MessageID(room: access.room, seq: seq), database) == nil {
        throw Self.unknownReply
      }
      let files = try attachments.ids.map { id in
        guard let file = try Files.unattached(id, of: access.user.rowID, database) else { throw AttachmentList.unknown }
        return file
      }
      try enforceRateLimit(.message, of: access.user.rowID, transaction)

      var end = access.end
      if let recipient, !recipient.isMember {
        // Who has left a direct room gets it back with the other's next message, as often as messages may be sent.
        _ = try bring(recipient.user, into: access.room, room, reason: "message", by: access.user, isCounted: false, transaction)
        end = try Messages.end(of: access.room, database) ?? end
      }
      return try append(
        body, files, mentioning: names, clientID: clientID, fingerprint: fingerprint, replyTo: message.reply_to, to: room, access,
        after: end,
        transaction)
    }
  }

  /// Reads the client ids of the newest messages, so that the next transaction that asks for one has little to read. Blocks.
  func noteClientIDs() throws {
    try readers.read { database in try database.snapshot { try tails.noteStored(database) } }
  }

  /// What a message is recognised by when it is posted again under its `client_id`. Text has no NUL, so that no text is taken for files.
  static func fingerprint(of body: MessageBody, replyTo: Int64?, _ files: [PublicID], in room: PublicID) -> Int64 {
    let files = files.map { "\0\($0.text)" }.joined()
    return Digest.sha256Prefix64(Array("\(room.text)\n\(replyTo ?? 0)\n\(body.text)\(files)".utf8))
  }

  /// Stores a message that may be posted: nothing is checked any more. `end` is the room's, with nothing after it.
  func append(
    _ body: MessageBody, _ files: [FileInfo], mentioning names: [[String]], clientID: ClientID?, fingerprint: Int64?, replyTo: Int64?,
    to room: PublicID, _ access: PostingAccess, after end: RoomEnd, _ transaction: Transaction
  ) throws -> PostResult {
    let now = transaction.now
    let mentioned = try Self.mentioned(names, in: access.room, by: access.user.rowID, transaction.database)
    let seq = end.lastSeq + 1
    var writer = JSONWriter(reservingBytes: 384 + body.text.utf8.count + 384 * files.count)
    writer.message(
      Message(
        roomID: room, seq: seq, userID: access.user.id, username: access.user.username, displayName: access.user.displayName,
        content: body.text, clientID: clientID?.text, replyTo: replyTo, attachments: files, mentions: mentioned.map(\.id), createdAt: now))
    let id = try Messages.append(
      writer.bytes, author: access.user.rowID, clientID: clientID, fingerprint: fingerprint, after: end, at: now, tails, transaction)
    try Files.attach(files.map(\.id), to: id, transaction)
    if let replyTo { try Replies.insert(id, to: replyTo, transaction) }
    try ReceiptHistory.recordPost(id, by: access.user.rowID, transaction)
    if access.mentions > 0 { _ = try Mentions.read(access.room, access.user.rowID, upTo: seq, transaction) }
    for user in mentioned { _ = try Mentions.insert(id, user.rowID, transaction) }
    return PostResult(seq: seq, json: writer.bytes, isNew: true)
  }

  private static let unknownReply = ChatError.invalid("reply_to", "unknown", "There is no such message in this room.")
}
