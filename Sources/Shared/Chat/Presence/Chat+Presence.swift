// Who is here: what people may see of it, and what the daemon writes down and asks about.
package import Domain
import SQL
import Store

extension Chat {
  /// A user, as anyone signed in may know of her, and her presence, which is for those who share a room with her.
  package func user(_ id: String, for principal: Principal) throws -> (user: User, presence: Presence) {
    guard let id = PublicID(id) else { throw ChatError.notFound }
    return try readers.read { database in
      guard let user = try Users.find(id, database) else { throw ChatError.notFound }
      return (user, try Presences.find(user.rowID, for: principal.user.rowID, at: .now, database))
    }
  }

  /// Those who are here and share a room with the asker; `cursor` is the number of the last one of the page before.
  package func usersOnline(for principal: Principal, after cursor: Int64, limit: Int) throws -> [OnlineUser] {
    try readers.read { try Presences.here(for: principal.user.rowID, after: cursor, limit: limit, at: .now, $0) }
  }

  // MARK: For the daemon

  /// How long what the daemon wrote down is believed without a word from it: a crash and its restart must fit in.
  package static let presenceLeaseSeconds: Int64 = 30

  /// Who was here when a daemon wrote last, if that was a moment ago. Blocks.
  package func takeOverPresence() throws -> [PresenceRecord] {
    try commit { try Presences.takeOver(at: .now, $0) }
  }

  /// Writes down who is here and that this is to be believed a while longer. Blocks.
  package func writePresence(_ sightings: [PresenceRecord]) throws {
    try commit { transaction in
      try Presences.put(sightings, transaction)
      try Presences.renewLease(at: .now, until: .now + .seconds(Self.presenceLeaseSeconds), transaction)
    }
  }

  /// Somebody whose presence is to be told.
  package struct PresenceAudience: Sendable {
    /// How clients call her.
    package let id: PublicID
    /// The rooms that she shares with others.
    package let circles: [RoomSize]
    /// Those who hear nothing of her, nor she of them.
    package let estranged: Set<UserRowID>
  }

  /// Those of `users` who still have an account. Blocks.
  package func acquaintances(_ users: some Collection<UserRowID>) throws -> [UserRowID: PresenceAudience] {
    try readers.read { database in
      var found: [UserRowID: PresenceAudience] = [:]
      for user in users {
        guard let id = try Users.publicID(of: user, database) else { continue }
        found[user] = PresenceAudience(
          id: id, circles: try Presences.circles(of: user, database), estranged: try Blocks.around(user, database))
      }
      return found
    }
  }

  /// Who is in a room. Blocks.
  package func members(ofRoom room: RoomRowID) throws -> [UserRowID] {
    try readers.read { try Presences.members(of: room, $0) }
  }

  /// How clients call a user; nil if her account is gone. Blocks.
  package func publicID(ofUser user: UserRowID) throws -> PublicID? {
    try readers.read { try Users.publicID(of: user, $0) }
  }

  /// How clients call a room. Blocks.
  package func publicID(ofRoom room: RoomRowID) throws -> PublicID {
    try readers.read { try Rooms.publicID(of: room, $0) }
  }
}
