// A member whom a message mentions.

public struct MentionedUser: Equatable, Sendable {
  public let rowID: UserRowID
  public let id: PublicID
  /// Whether the mention counts for them: not if they are blocked by the author. It is in the message all the same, whose text everybody reads.
  public let isNotified: Bool

  public init(rowID: UserRowID, id: PublicID, isNotified: Bool) {
    self.rowID = rowID
    self.id = id
    self.isNotified = isNotified
  }
}
