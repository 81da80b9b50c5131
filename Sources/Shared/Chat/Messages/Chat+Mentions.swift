// Calling people by name.
import Domain
import SQL
import Store
import Wire

extension Chat {
  /// The people whom the names of a text call, each once; of the spellings of a name, the first that is somebody's counts.
  static func mentioned(
    _ names: [[String]], in room: RoomRowID, by author: UserRowID, _ database: Database
  ) throws -> [MentionedUser] {
    var mentioned: [MentionedUser] = []
    for spellings in names {
      for name in spellings {
        guard let person = try Mentions.resolve(name, in: room, by: author, database) else { continue }
        if !mentioned.contains(person) { mentioned.append(person) }
        break
      }
    }
    return mentioned
  }

  /// A message that called `before` now calls `after`. Those whose count changes by it are told, each on her own devices: whoever
  /// does not have the message at hand could not know.
  static func updateMentions(_ before: [PublicID], _ after: [MentionedUser], _ place: MessageID, _ transaction: Transaction) throws {
    for id in before where !after.contains(where: { $0.id == id }) {
      guard let user = try Users.find(id, transaction.database), try Mentions.delete(place, user.rowID, transaction) else { continue }
      try tellOwnMembership(of: user.rowID, in: place.room, reason: "mentions", transaction)
    }
    for person in after where !before.contains(person.id) {
      guard try Mentions.insert(place, person.rowID, transaction) else { continue }
      try tellOwnMembership(of: person.rowID, in: place.room, reason: "mentions", transaction)
    }
  }

  /// Tells a member's own devices what the room is to her now.
  static func tellOwnMembership(of user: UserRowID, in room: RoomRowID, reason: String, _ transaction: Transaction) throws {
    guard let state = try Memberships.state(of: user, in: room, transaction.database) else { return }
    let data = JSONWriter.ownMembershipEvent(
      room: state.roomID, user: state.user, state.membership, lastSeq: state.lastSeq, reason: reason)
    try Journal.replace(.ownMembership, room: room, user: user, data: data, at: .now, transaction)
  }
}
