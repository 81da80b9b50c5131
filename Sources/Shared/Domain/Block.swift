// A block: keeps two users apart.

/// A user whom the asking user has blocked.
public struct Block: Sendable {
  public let user: User
  public let createdAt: Timestamp

  public init(user: User, createdAt: Timestamp) {
    self.user = user
    self.createdAt = createdAt
  }
}

/// The data of a `blocksChanged` event: whether a block, of either of the two, stands from here on between the event's user and another
/// one. Read by the daemon alone.
public struct BlockChange: Equatable, Sendable {
  public let other: UserRowID
  public let stands: Bool

  public init(other: UserRowID, stands: Bool) {
    (self.other, self.stands) = (other, stands)
  }

  /// Nil for an event about no other user: an account that was deleted, and all its blocks with it.
  public init?(data: [UInt8]) {
    let words = data.split(separator: UInt8(ascii: " "))
    guard words.count == 2, let other = Int64(String(decoding: words[0], as: UTF8.self)) else { return nil }
    self.init(other: UserRowID(other), stands: words[1].elementsEqual("1".utf8))
  }

  public var data: [UInt8] { Array("\(other.value) \(stands ? 1 : 0)".utf8) }
}
