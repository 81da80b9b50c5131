// Presence: what users may see of it, and what the daemon records and looks up.
public import Domain
import SQL
import Store

extension Chat {
  /// A user, visible to everyone signed in, and their presence, visible to those who share a room with them.
  public func user(_ id: String, for principal: Principal) throws -> (user: User, presence: Presence) {
    guard let id = PublicID(id) else { throw ChatError.notFound }
    return try readers.read { database in
      guard let user = try Users.find(id, database) else { throw ChatError.notFound }
      return (user, try Presences.find(user.rowID, for: principal.user.rowID, at: clock.now, database))
    }
  }

  /// Users who are online and share a room with the principal; `cursor` is the row ID of the last one of the page before.
  public func usersOnline(for principal: Principal, after cursor: Int64, limit: Int) throws -> [OnlineUser] {
    try readers.read { try Presences.online(for: principal.user.rowID, after: cursor, limit: limit, at: clock.now, $0) }
  }

  // MARK: For the daemon

  /// How long recorded presence stays valid without a renewal. A crash and the restart must fit in.
  public static let presenceLeaseSeconds: Int64 = 30

  /// Users whom the previous daemon recorded as online, if its lease is still valid. Blocks.
  public func adoptPresenceLease() throws -> [PresenceRecord] {
    try commit { try Presences.adoptLease(at: $0.now, $0) }
  }

  /// Records presence and renews the lease, which covers all that is recorded. Blocks.
  public func persistPresence(_ records: [PresenceRecord]) throws {
    try commit { transaction in
      try Presences.put(records, transaction)
      try Presences.renewLease(at: transaction.now, until: transaction.now + .seconds(Self.presenceLeaseSeconds), transaction)
    }
  }

  /// Reads what publishing presence needs, in one read transaction. Keep `body` short: it keeps the WAL from being reused. Blocks.
  public func readPresence<Result>(_ body: (PresenceReader) throws -> Result) throws -> Result {
    try readers.read { database in
      try database.snapshot { try body(PresenceReader(database: database)) }
    }
  }

  /// The look-ups inside a read transaction. Each runs a fixed number of statements, however many users or rooms it is asked about.
  public struct PresenceReader {
    let database: Database

    /// Who may see the presence of each of `users`; without users who have no account.
    public func audiences(of users: Set<UserRowID>) throws -> [UserRowID: PresenceAudience] {
      let ids = try Presences.publicIDs(ofUsers: users, database)
      let rooms = try Presences.rooms(ofUsers: ids.keys, database)
      let blocked = try Presences.blockedEitherWay(ofUsers: ids.keys, database)
      var audiences: [UserRowID: PresenceAudience] = [:]
      for (user, id) in ids {
        audiences[user] = PresenceAudience(id: id, rooms: rooms[user] ?? [], blockedEitherWay: blocked[user] ?? [])
      }
      return audiences
    }

    /// Calls `body` with the members of each of `rooms` that has any.
    public func forEachRoom(_ rooms: Set<RoomRowID>, _ body: (RoomRowID, [UserRowID]) throws -> Void) throws {
      try Presences.forEachRoom(rooms, database, body: body)
    }

    /// The IDs of `users` as clients see them; without users who have no account.
    public func publicIDs(ofUsers users: Set<UserRowID>) throws -> [UserRowID: PublicID] {
      try Presences.publicIDs(ofUsers: users, database)
    }

    /// The IDs of `rooms` as clients see them; without rooms that do not exist.
    public func publicIDs(ofRooms rooms: Set<RoomRowID>) throws -> [RoomRowID: PublicID] {
      try Presences.publicIDs(ofRooms: rooms, database)
    }
  }
}
