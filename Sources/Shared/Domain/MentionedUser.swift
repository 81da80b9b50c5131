// A user whom a message mentions.

package struct MentionedUser: Hashable, Sendable {
  package let rowID: UserRowID
  package let id: PublicID

  package init(rowID: UserRowID, id: PublicID) {
    self.rowID = rowID
    self.id = id
  }
}
