// A message that somebody has kept for themselves, or that a room has pinned for all of its members.

/// An entry of a user's list of saved messages.
public struct SavedMessage: Sendable {
  /// Its place in the list: a later one is greater.
  public let number: Int64
  public let savedAt: Timestamp
  /// The message, as JSON.
  public let json: [UInt8]

  public init(number: Int64, savedAt: Timestamp, json: [UInt8]) {
    self.number = number
    self.savedAt = savedAt
    self.json = json
  }
}

/// Which message a user has saved, without its words.
public struct SavedPlace: Sendable {
  public let roomID: PublicID
  public let seq: Int64
  public let savedAt: Timestamp

  public init(roomID: PublicID, seq: Int64, savedAt: Timestamp) {
    self.roomID = roomID
    self.seq = seq
    self.savedAt = savedAt
  }
}

/// An entry of a room's list of pinned messages.
public struct PinnedMessage: Sendable {
  public let pinnedBy: PublicID
  public let pinnedAt: Timestamp
  /// The message, as JSON.
  public let json: [UInt8]

  public init(pinnedBy: PublicID, pinnedAt: Timestamp, json: [UInt8]) {
    self.pinnedBy = pinnedBy
    self.pinnedAt = pinnedAt
    self.json = json
  }
}
