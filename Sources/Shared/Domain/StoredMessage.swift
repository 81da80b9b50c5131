// Messages as they are stored: their identity, and their JSON as it was composed when they were written.

public struct StoredMessage: Sendable {
  public let id: MessageID
  public let author: UserRowID
  /// A hash of what was sent with the client id: the same id with another message is an error.
  public let fingerprint: Int64?
  /// The journal position of the event that announced it.
  public let position: Int64
  public let json: [UInt8]

  public init(id: MessageID, author: UserRowID, fingerprint: Int64?, position: Int64, json: [UInt8]) {
    self.id = id
    self.author = author
    self.fingerprint = fingerprint
    self.position = position
    self.json = json
  }
}

/// One of the messages that a user wrote, in any room.
public struct AuthoredMessage: Sendable {
  public let id: MessageID
  public let json: [UInt8]

  public init(id: MessageID, json: [UInt8]) {
    self.id = id
    self.json = json
  }
}

/// A message that replies to another one.
public struct StoredReply: Sendable {
  public let seq: Int64
  public let json: [UInt8]

  public init(seq: Int64, json: [UInt8]) {
    self.seq = seq
    self.json = json
  }
}

/// Some of the messages that a user wrote.
public struct AuthoredMessageBatch: Sendable {
  public let messages: [AuthoredMessage]
  /// The row to continue after; nil at the end.
  public let next: Int64?

  public init(messages: [AuthoredMessage], next: Int64?) {
    self.messages = messages
    self.next = next
  }
}

/// A message as search reads it.
public struct SearchableMessage: Sendable {
  public let row: Int64
  public let author: UserRowID
  public let position: Int64
  public let json: [UInt8]

  public init(row: Int64, author: UserRowID, position: Int64, json: [UInt8]) {
    self.row = row
    self.author = author
    self.position = position
    self.json = json
  }
}

/// The position of an event that edited a message.
public struct MessageEdit: Sendable {
  public let row: Int64
  public let position: Int64

  public init(row: Int64, position: Int64) {
    self.row = row
    self.position = position
  }
}
