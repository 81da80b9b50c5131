// Mentions: resolving names in a message and counting unread mentions.
import Domain
import SQL
import Store
import Wire

extension Chat {
  /// The users mentioned by the names in a text, each once; of the spellings of a name, the first that a user has counts.
  static func mentioned(
    _ names: [[String]], in room: RoomRowID, by author: UserRowID, _ database: Database
  ) throws -> [MentionedUser] {
    var mentioned: [MentionedUser] = []
    for spellings in names {
      for name in spellings {
        guard let user = try Mentions.resolve(name, in: room, by: author, database) else { continue }
        if !mentioned.contains(user) { mentioned.append(user) }
        break
      }
    }
    return mentioned
  }

  /// Replaces a message's mentions. Each user whose unread count changes gets an event on their own devices, since a client that does not
  /// have the message loaded could not know.
  static func updateMentions(_ before: [PublicID], _ after: [MentionedUser], _ id: MessageID, _ transaction: Transaction) throws {
    for userID in before where !after.contains(where: { $0.id == userID }) {
      guard let user = try Users.find(userID, transaction.database), try Mentions.delete(id, user.rowID, transaction) else { continue }
      try publishOwnMembership(of: user.rowID, in: id.room, reason: "mentions", transaction)
    }
    for user in after where !before.contains(user.id) {
      guard try Mentions.insert(id, user.rowID, transaction) else { continue }
      try publishOwnMembership(of: user.rowID, in: id.room, reason: "mentions", transaction)
    }
  }

  /// Appends the member's state in a room as an event for their own devices.
  static func publishOwnMembership(of user: UserRowID, in room: RoomRowID, reason: String, _ transaction: Transaction) throws {
    guard let state = try Memberships.state(of: user, in: room, transaction.database) else { return }
    let data = JSONWriter.ownMembershipEvent(room: state.roomID, user: state.user, state.membership, reason: reason)
    try Journal.appendCompacted(.ownMembership, room: room, user: user, data: data, at: transaction.now, transaction)
  }
}
