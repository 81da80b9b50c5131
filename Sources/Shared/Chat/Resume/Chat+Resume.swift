// Coming back: what a subscriber missed, and the rooms whose news she gets from here on.
package import Domain
import SQL
import Store

/// What the daemon needs to put a connection in its place.
package struct ResumeSnapshot: Sendable {
  package let principal: Principal
  /// The rooms the user is in at `position`, and how clients call them.
  package let rooms: [(rowID: RoomRowID, id: PublicID)]
  /// She knows all up to here: her cursor if she resumes, the newest event if she begins.
  package let position: Int64
  /// Events after `position`, oldest first, of all the rooms that she is in there or came into later: which of them she may hear
  /// is judged at each event's own place. If they are too much for one portion, the first of them.
  package let missed: [JournalEntry]
  /// `missed` leaves nothing out up to here.
  package let missedThrough: Int64
  /// The newest event when this was read: up to here, whatever ended her sessions before, this one stands.
  package let readThrough: Int64
  /// False: the client's picture is of no use any more, it must ask for a new one.
  package let resumed: Bool
}

extension Chat {
  /// Events one resumption replays at most; whoever missed more takes a new snapshot, which is less work for everyone.
  package static let resumeEventsMax = 10_000
  /// Bytes of events that are read at a time: whoever takes them slowly must not make the daemon hold them all.
  package static let resumePortionBytes = 512 << 10

  /// Reads one state of the database: whose session it is, her rooms, and what she missed since the cursor.
  ///
  /// `replayBufferStart`: the daemon remembers all events after this position, so for a cursor in that range nothing is read from the journal.
  package func arrive(session: PublicID, since: Int64?, replayBufferStart: Int64) throws -> ResumeSnapshot {
    try readers.read { database in
      try database.snapshot {
        guard let holder = try Sessions.holder(session, at: .now, database) else { throw Self.unauthenticated }
        if holder.isSuspended { throw Self.suspended }
        let rooms = try Memberships.rooms(of: holder.user.rowID, database)
        let last = try Journal.lastPosition(database)
        let fresh = ResumeSnapshot(
          principal: Principal(holder), rooms: rooms, position: last, missed: [], missedThrough: last, readThrough: last, resumed: false)
        guard let since, try since <= last && since >= Meta.journalFloor(database) else { return fresh }

        let changes = try Self.changes(of: holder.user.rowID, after: since, database)
        guard changes.count <= Self.resumeEventsMax else { return fresh }
        let then = Self.rewind(rooms, changes)
        var (missed, missedThrough) = ([JournalEntry](), since)
        if since < replayBufferStart {
          guard let found = try Self.missed(in: then, changes, of: holder.user.rowID, since: since, database) else { return fresh }
          missed = try Journal.entries(at: found, bytesMax: Self.resumePortionBytes, database)
          missedThrough = missed.count < found.count ? missed.last?.position ?? last : last
        }
        return ResumeSnapshot(
          principal: Principal(holder), rooms: then, position: since, missed: missed, missedThrough: missedThrough, readThrough: last,
          resumed: true)
      }
    }
  }

  /// Her comings and goings, and the ends of rooms she was in, oldest first.
  private static func changes(of user: UserRowID, after since: Int64, _ database: Database) throws -> [JournalEntry] {
    let changes = try Journal.membershipChanges(of: user, after: since, limit: resumeEventsMax + 1, database)
    let deletions = try DeletedRooms.deletions(heardBy: user, after: since, database)
    return deletions.isEmpty ? changes : (changes + deletions).sorted { $0.position < $1.position }
  }

  /// The rooms before `changes`: each is undone, latest first.
  private static func rewind(
    _ rooms: [(rowID: RoomRowID, id: PublicID)], _ changes: [JournalEntry]
  ) -> [(rowID: RoomRowID, id: PublicID)] {
    guard !changes.isEmpty else { return rooms }
    var then = Dictionary(rooms.map { ($0.rowID, $0.id) }, uniquingKeysWith: { first, _ in first })
    for change in changes.reversed() {
      guard let room = change.room else { continue }
      then[room] = change.kind == .memberJoined ? nil : change.roomID
    }
    return then.map { (rowID: $0.key, id: $0.value) }
  }

  /// Where it stands, oldest first. Nil if it is more than `resumeEventsMax`.
  private static func missed(
    in rooms: [(rowID: RoomRowID, id: PublicID)], _ changes: [JournalEntry], of user: UserRowID, since: Int64, _ database: Database
  ) throws -> [Int64]? {
    var positions = try Journal.personal(of: user, after: since, limit: resumeEventsMax + 1, database)
    for room in Set(rooms.map(\.rowID)).union(changes.compactMap(\.room)) {
      positions += try Journal.positions(of: room, after: since, limit: resumeEventsMax + 1 - positions.count, database)
      positions += try Journal.receipts(of: room, after: since, limit: resumeEventsMax + 1 - positions.count, database)
      if positions.count > resumeEventsMax { return nil }
    }
    // Of a room that was deleted since, the journal has only what concerns her.
    return changes.isEmpty ? positions.sorted() : Set(positions + changes.map(\.position)).sorted()
  }
}
