// Message identity and checked message text.

/// The identity of a message: its room and its number (`seq`) there. Numbers are dense.
package struct MessageID: Hashable, Sendable {
  /// The highest `seq`: a message's row id is its room's row id and its `seq`, 32 bits each.
  package static let seqMax: Int64 = 0xffff_ffff

  package let room: RoomRowID
  package let seq: Int64

  package init(room: RoomRowID, seq: Int64) {
    self.room = room
    self.seq = seq
  }

  /// The row number in the database: a room's messages lie side by side, in order.
  package var row: Int64 { room.value << 32 | seq }

  package init(row: Int64) {
    self.init(room: RoomRowID(row >> 32), seq: row & Self.seqMax)
  }
}

/// Checked message text: 1–4,000 characters, not only white space, without NUL.
package struct MessageBody: Equatable, Sendable {
  package static let charactersMax = 4000
  /// A character may be built of many scalars; this bounds the bytes that one message can occupy.
  package static let bytesMax = 48 * 1024

  package let text: String

  package init(_ raw: String) throws(ChatError) {
    guard raw.utf8.count <= Self.bytesMax else {
      throw .invalid("content", "length", "At most \(Self.charactersMax) characters and \(Self.bytesMax) bytes.")
    }
    // Counting characters walks grapheme clusters; text this short cannot have too many.
    guard raw.utf8.count <= Self.charactersMax || raw.count <= Self.charactersMax else {
      throw .invalid("content", "length", "At most \(Self.charactersMax) characters.")
    }
    guard raw.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      throw .invalid("content", "empty", "A message has at least one visible character.")
    }
    guard !raw.utf8.contains(0) else { throw .invalid("content", "characters", "NUL is not allowed.") }
    text = raw
  }
}

/// The sender's own id for a message, which makes sending idempotent: 1–128 printable ASCII characters.
package struct ClientID: Hashable, Sendable {
  package static let charactersMax = 128

  package let text: String

  package init(_ raw: String, field: String = "client_id") throws(ChatError) {
    guard (1...Self.charactersMax).contains(raw.utf8.count), raw.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw .invalid(field, "format", "1 to \(Self.charactersMax) printable ASCII characters without spaces.")
    }
    text = raw
  }
}

/// A message as every reader sees it; nothing here depends on the viewer.
package struct Message: Equatable, Sendable {
  package let roomID: PublicID
  package let seq: Int64
  package let userID: PublicID
  package let username: String
  package let displayName: String
  /// Nil once the message is deleted.
  package var content: String?
  package let clientID: String?
  package let replyTo: Int64?
  /// Members of the room whom it mentions.
  package var mentions: [PublicID]
  package var reactions: Reactions
  package let createdAt: Timestamp
  package var editedAt: Timestamp?
  package var deleted: Bool

  package init(
    roomID: PublicID, seq: Int64, userID: PublicID, username: String, displayName: String, content: String?, clientID: String?,
    replyTo: Int64?, mentions: [PublicID] = [], reactions: Reactions = Reactions(), createdAt: Timestamp, editedAt: Timestamp? = nil,
    deleted: Bool = false
  ) {
    self.roomID = roomID
    self.seq = seq
    self.userID = userID
    self.username = username
    self.displayName = displayName
    self.content = content
    self.clientID = clientID
    self.replyTo = replyTo
    self.mentions = mentions
    self.reactions = reactions
    self.createdAt = createdAt
    self.editedAt = editedAt
    self.deleted = deleted
  }
}
