// Calling people by name.
import Domain
import Store
import Wire

extension Chat {
  /// The people whom the names of a text call, each once; of the spellings of a name, the first that is somebody's counts.
  static func called(
    _ names: [[String]], in room: RoomNumber, by author: UserNumber, _ database: Database
  ) throws -> [Mentions.Called] {
    var called: [Mentions.Called] = []
    for spellings in names {
      for name in spellings {
        guard let person = try Mentions.resolve(name, in: room, by: author, database) else { continue }
        if !called.contains(person) { called.append(person) }
        break
      }
    }
    return called
  }

  /// A message that called `before` now calls `after`. Those whose count changes by it are told, each on her own devices: whoever
  /// does not have the message at hand could not know.
  static func recall(_ before: [PublicID], _ after: [Mentions.Called], _ place: MessagePlace, _ transaction: Transaction) throws {
    for id in before where !after.contains(where: { $0.id == id }) {
      guard let user = try Users.find(id, transaction.database), try Mentions.delete(place, user.number, transaction) else { continue }
      try tellOwnMembership(of: user.number, in: place.room, reason: "mentions", transaction)
    }
    for person in after where !before.contains(person.id) {
      guard try Mentions.insert(place, person.number, transaction) else { continue }
      try tellOwnMembership(of: person.number, in: place.room, reason: "mentions", transaction)
    }
  }

  /// Tells a member's own devices what the room is to her now.
  static func tellOwnMembership(of user: UserNumber, in room: RoomNumber, reason: String, _ transaction: Transaction) throws {
    guard let standing = try Memberships.standing(of: user, in: room, transaction.database) else { return }
    let data = JSONWriter.ownMembershipEvent(
      room: standing.roomID, user: standing.user, standing.me, lastSeq: standing.lastSeq, reason: reason)
    try Journal.replace(.ownMembership, room: room, user: user, data: data, at: .now, transaction)
  }
}
