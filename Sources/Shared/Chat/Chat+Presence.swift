// Who is here: what people may see of it, and what the daemon writes down and asks about.
package import Domain
package import Store

extension Chat {
  /// A user, as anyone signed in may know of her, and her presence, which is for those who share a room with her.
  package func user(_ id: String, for actor: Actor) throws -> (user: User, presence: Presence) {
    guard let id = PublicID(id) else { throw Refusal.notFound }
    return try readers.read { database in
      guard let user = try Users.find(id, database) else { throw Refusal.notFound }
      return (user, try Presences.find(user.number, for: actor.user.number, at: .now, database))
    }
  }

  /// Those who are here and share a room with the asker; `cursor` is the number of the last one of the page before.
  package func usersOnline(for actor: Actor, after cursor: Int64, limit: Int) throws -> [Presences.Present] {
    try readers.read { try Presences.here(for: actor.user.number, after: cursor, limit: limit, at: .now, $0) }
  }

  // MARK: For the daemon

  /// How long what the daemon wrote down is believed without a word from it: a crash and its restart must fit in.
  package static let presenceLeaseSeconds: Int64 = 30

  /// Who was here when a daemon wrote last, if that was a moment ago. Blocks.
  package func takeOverPresence() throws -> [Sighting] {
    try commit { try Presences.takeOver(at: .now, $0) }
  }

  /// Writes down who is here and that this is to be believed a while longer. Blocks.
  package func writePresence(_ sightings: [Sighting]) throws {
    try commit { transaction in
      try Presences.put(sightings, transaction)
      try Presences.renewLease(at: .now, until: .now + .seconds(Self.presenceLeaseSeconds), transaction)
    }
  }

  /// Somebody whose presence is to be told.
  package struct Acquaintance: Sendable {
    /// How clients call her.
    package let id: PublicID
    /// The rooms that she shares with others.
    package let circles: [Presences.Circle]
    /// Those who hear nothing of her, nor she of them.
    package let estranged: Set<UserNumber>
  }

  /// Those of `users` who still have an account. Blocks.
  package func acquaintances(_ users: some Collection<UserNumber>) throws -> [UserNumber: Acquaintance] {
    try readers.read { database in
      var found: [UserNumber: Acquaintance] = [:]
      for user in users {
        guard let id = try Users.publicID(of: user, database) else { continue }
        found[user] = Acquaintance(
          id: id, circles: try Presences.circles(of: user, database), estranged: try Blocks.around(user, database))
      }
      return found
    }
  }

  /// Who is in a room. Blocks.
  package func members(ofRoom room: RoomNumber) throws -> [UserNumber] {
    try readers.read { try Presences.members(of: room, $0) }
  }

  /// How clients call a user; nil if her account is gone. Blocks.
  package func publicID(ofUser user: UserNumber) throws -> PublicID? {
    try readers.read { try Users.publicID(of: user, $0) }
  }

  /// How clients call a room. Blocks.
  package func publicID(ofRoom room: RoomNumber) throws -> PublicID {
    try readers.read { try Rooms.publicID(of: room, $0) }
  }
}
