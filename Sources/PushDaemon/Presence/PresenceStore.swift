// The database as the presence publisher uses it.
import Chat
import Domain

/// All calls block.
protocol PresenceStore: Sendable {
  /// Users whom the previous daemon recorded as online, if its lease is still valid.
  func adoptPresenceLease() throws -> [PresenceRecord]

  /// Records presence and renews the lease.
  func persistPresence(_ records: [PresenceRecord]) throws

  /// Reads in one transaction.
  func lookUpPresence<Result>(_ body: (any PresenceLookup) throws -> Result) throws -> Result

  /// Frees the pages that are cached.
  func releaseMemory()
}

/// The look-ups of one read transaction. Each is one call to the database, however many users or rooms it is asked about.
protocol PresenceLookup {
  /// Who may see the presence of each of `users`; without users who have no account.
  func audiences(of users: Set<UserRowID>) throws -> [UserRowID: PresenceAudience]

  /// Calls `body` with the members of each of `rooms` that has any.
  func forEachRoom(_ rooms: Set<RoomRowID>, _ body: (RoomRowID, [UserRowID]) throws -> Void) throws

  /// The IDs of `users` as clients see them; without users who have no account.
  func publicIDs(ofUsers users: Set<UserRowID>) throws -> [UserRowID: PublicID]

  /// The IDs of `rooms` as clients see them; without rooms that do not exist.
  func publicIDs(ofRooms rooms: Set<RoomRowID>) throws -> [RoomRowID: PublicID]
}

extension Chat: PresenceStore {
  func lookUpPresence<Result>(_ body: (any PresenceLookup) throws -> Result) throws -> Result {
    try readPresence { try body($0) }
  }
}

extension Chat.PresenceReader: PresenceLookup {}
