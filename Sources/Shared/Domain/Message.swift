// Message identity and checked message text.

/// The identity of a message: its room and its number (`seq`) there. Numbers are dense.
public struct MessageID: Hashable, Sendable {
  /// The highest `seq`: a message's row id is its room's row id and its `seq`, 32 bits each.
  public static let seqMax: Int64 = 0xffff_ffff

  public let room: RoomRowID
  public let seq: Int64

  public init(room: RoomRowID, seq: Int64) {
    self.room = room
    self.seq = seq
  }

  /// The row number in the database: a room's messages lie side by side, in order.
  public var row: Int64 { room.value << 32 | seq }

  public init(row: Int64) {
    self.init(room: RoomRowID(row >> 32), seq: row & Self.seqMax)
  }
}

extension RoomRowID {
  /// The row numbers of a room's messages.
  public var messageRows: ClosedRange<Int64> { MessageID(room: self, seq: 1).row...MessageID(room: self, seq: MessageID.seqMax).row }
}

/// Checked message text: 1–4,000 characters, at least one of them visible, without NUL. A message with files may have none.
public struct MessageBody: Equatable, Sendable {
  public static let charactersMax = 4000
  /// A character may be built of many scalars; this bounds the bytes that one message can occupy.
  public static let bytesMax = 48 * 1024

  public let text: String

  /// `mayBeEmpty`: the message has files.
  public init(_ raw: String, mayBeEmpty: Bool = false) throws(ChatError) {
    guard raw.utf8.count <= Self.bytesMax else {
      throw .invalid("content", "length", "At most \(Self.charactersMax) characters and \(Self.bytesMax) bytes.")
    }
    // Counting characters walks grapheme clusters; text this short cannot have too many.
    guard raw.utf8.count <= Self.charactersMax || raw.count <= Self.charactersMax else {
      throw .invalid("content", "length", "At most \(Self.charactersMax) characters.")
    }
    guard !raw.utf8.contains(0) else { throw .invalid("content", "characters", "NUL is not allowed.") }
    text = raw
    if !mayBeEmpty { try checkVisible() }
  }

  /// Throws `invalid_field` for text that shows nothing.
  public func checkVisible() throws(ChatError) {
    guard !text.showsNothing else {
      throw .invalid("content", "empty", "A message has at least one visible character, or a file.")
    }
  }
}

/// The sender's own id for a message, which makes sending idempotent: 1–128 printable ASCII characters.
public struct ClientID: Hashable, Sendable {
  public static let charactersMax = 128

  public let text: String

  public init(_ raw: String, field: String = "client_id") throws(ChatError) {
    guard (1...Self.charactersMax).contains(raw.utf8.count), raw.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw .invalid(field, "format", "1 to \(Self.charactersMax) printable ASCII characters without spaces.")
    }
    text = raw
  }
}

/// A message as every reader sees it; nothing here depends on the viewer.
public struct Message: Equatable, Sendable {
  public let roomID: PublicID
  public let seq: Int64
  public let userID: PublicID
  public let username: String
  public let displayName: String
  /// Nil once the message is deleted.
  public var content: String?
  public let clientID: String?
  public let replyTo: Int64?
  public var attachments: [FileInfo]
  /// Members of the room whom it mentions.
  public var mentions: [PublicID]
  public var reactions: Reactions
  public let createdAt: Timestamp
  public var editedAt: Timestamp?
  public var deleted: Bool

  public init(
    roomID: PublicID, seq: Int64, userID: PublicID, username: String, displayName: String, content: String?, clientID: String?,
    replyTo: Int64?, attachments: [FileInfo] = [], mentions: [PublicID] = [], reactions: Reactions = Reactions(), createdAt: Timestamp,
    editedAt: Timestamp? = nil,
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
    self.attachments = attachments
    self.mentions = mentions
    self.reactions = reactions
    self.createdAt = createdAt
    self.editedAt = editedAt
    self.deleted = deleted
  }
}
