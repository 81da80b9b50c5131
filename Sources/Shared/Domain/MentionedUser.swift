// A member whom a message mentions.

public struct MentionedUser: Equatable, Sendable {
  public let rowID: UserRowID
  public let id: PublicID

  public init(rowID: UserRowID, id: PublicID) {
    self.rowID = rowID
    self.id = id
  }
}
