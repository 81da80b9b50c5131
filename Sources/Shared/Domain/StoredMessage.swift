// Messages as they are stored: their identity, and their JSON as it was composed when they were written.

package struct StoredMessage: Sendable {
  package let id: MessageID
  package let author: UserRowID
  /// A hash of what was sent with the client id: the same id with another message is an error.
  package let fingerprint: Int64?
  /// The journal position of the event that announced it.
  package let position: Int64
  package let json: [UInt8]

  package init(id: MessageID, author: UserRowID, fingerprint: Int64?, position: Int64, json: [UInt8]) {
    self.id = id
    self.author = author
    self.fingerprint = fingerprint
    self.position = position
    self.json = json
  }
}

/// One of the messages that a user wrote, in any room.
package struct AuthoredMessage: Sendable {
  package let id: MessageID
  package let json: [UInt8]

  package init(id: MessageID, json: [UInt8]) {
    self.id = id
    self.json = json
  }
}

/// Some of the messages that a user wrote.
package struct AuthoredMessageBatch: Sendable {
  package let messages: [AuthoredMessage]
  /// The row to continue after; nil at the end.
  package let next: Int64?

  package init(messages: [AuthoredMessage], next: Int64?) {
    self.messages = messages
    self.next = next
  }
}

/// A message as search reads it.
package struct SearchableMessage: Sendable {
  package let row: Int64
  package let author: UserRowID
  package let position: Int64
  package let json: [UInt8]

  package init(row: Int64, author: UserRowID, position: Int64, json: [UInt8]) {
    self.row = row
    self.author = author
    self.position = position
    self.json = json
  }
}

/// The position of an event that edited a message.
package struct MessageEdit: Sendable {
  package let row: Int64
  package let position: Int64

  package init(row: Int64, position: Int64) {
    self.row = row
    self.position = position
  }
}
