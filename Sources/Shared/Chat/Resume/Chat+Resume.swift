// Resuming a subscription: the events after the client's cursor, and the rooms it subscribes to.
public import Domain
import SQL
import Store

/// The state of the database from which the daemon starts or resumes a connection.
public struct ResumeSnapshot: Sendable {
  public let principal: Principal
  /// The user's rooms at `position`, by row id and public id.
  public let rooms: [(rowID: RoomRowID, id: PublicID)]
  /// Users who have blocked the user or whom the user has blocked, at `readThrough`: what was missed of them stays hidden, too.
  public let blockedEitherWay: Set<UserRowID>
  /// Where delivery starts: the client's cursor if it resumes, the newest event otherwise.
  public let position: Int64
  /// Events after `position`, oldest first, of all rooms the user was in then or joined later; visibility is decided per event, by the
  /// memberships at that position. At most one chunk.
  public let backlog: [JournalEntry]
  /// `backlog` is complete up to this position.
  public let backlogThrough: Int64
  /// The newest event when this was read. The session is valid at this position: it is not one of those that earlier events ended.
  public let readThrough: Int64
  /// False: the client must fetch a new snapshot.
  public let resumed: Bool
}

extension Chat {
  /// Events that one resume replays; a client that missed more fetches a new snapshot, which costs less.
  public static let resumeEventsMax = 10_000
  /// Bytes of events per chunk: bounds what the daemon holds for a client that reads slowly.
  public static let resumeChunkBytes = 512 << 10

  /// Reads the session, the user's rooms and the backlog since the cursor, in one snapshot. Blocks.
  ///
  /// `replayBufferStart`: the daemon's replay buffer has all events after this position, so for a later cursor the journal is not read.
  public func resume(_ claim: SessionClaim, since: Int64?, replayBufferStart: Int64) throws -> ResumeSnapshot {
    try readers.read { database in
      try database.snapshot {
        let principal = try Self.principal(of: claim, at: clock.now, database)
        let user = principal.user.rowID
        let rooms = try Memberships.rooms(of: user, database)
        let blocked = try Blocks.eitherWay(of: user, database)
        let last = try Journal.lastPosition(database)
        let notResumed = ResumeSnapshot(
          principal: principal, rooms: rooms, blockedEitherWay: blocked, position: last, backlog: [], backlogThrough: last,
          readThrough: last, resumed: false)
        guard let since, try since <= last && since >= Meta.journalFloor(database) else { return notResumed }

        let changes = try Self.changes(of: user, after: since, database)
        guard changes.count <= Self.resumeEventsMax else { return notResumed }
        let roomsThen = Self.rewind(rooms, changes)
        var (backlog, backlogThrough) = ([JournalEntry](), since)
        if since < replayBufferStart {
          guard let positions = try Self.backlogPositions(in: roomsThen, changes, of: user, since: since, database) else {
            return notResumed
          }
          backlog = try Journal.entries(at: positions, bytesMax: Self.resumeChunkBytes, database)
          backlogThrough = backlog.count < positions.count ? backlog.last?.position ?? last : last
        }
        return ResumeSnapshot(
          principal: principal, rooms: roomsThen, blockedEitherWay: blocked, position: since, backlog: backlog,
          backlogThrough: backlogThrough, readThrough: last, resumed: true)
      }
    }
  }

  /// The user's membership changes and the deletions of their rooms, oldest first.
  private static func changes(of user: UserRowID, after since: Int64, _ database: Database) throws -> [JournalEntry] {
    let changes = try Journal.membershipChanges(of: user, after: since, limit: resumeEventsMax + 1, database)
    let deletions = try DeletedRooms.deletions(concerning: user, after: since, database)
    return deletions.isEmpty ? changes : (changes + deletions).sorted { $0.position < $1.position }
  }

  /// The rooms before `changes`, which are undone, newest first.
  private static func rewind(
    _ rooms: [(rowID: RoomRowID, id: PublicID)], _ changes: [JournalEntry]
  ) -> [(rowID: RoomRowID, id: PublicID)] {
    guard !changes.isEmpty else { return rooms }
    var roomsThen = Dictionary(rooms.map { ($0.rowID, $0.id) }, uniquingKeysWith: { first, _ in first })
    for change in changes.reversed() {
      guard let room = change.room else { continue }
      roomsThen[room] = change.kind == .memberJoined ? nil : change.roomID
    }
    return roomsThen.map { (rowID: $0.key, id: $0.value) }
  }

  /// The positions of the events after `since`, ascending. Nil if there are more than `resumeEventsMax`.
  private static func backlogPositions(
    in rooms: [(rowID: RoomRowID, id: PublicID)], _ changes: [JournalEntry], of user: UserRowID, since: Int64, _ database: Database
  ) throws -> [Int64]? {
    var positions = try Journal.userScoped(of: user, after: since, limit: resumeEventsMax + 1, database)
    for room in Set(rooms.map(\.rowID)).union(changes.compactMap(\.room)) {
      positions += try Journal.positions(of: room, after: since, limit: resumeEventsMax + 1 - positions.count, database)
      positions += try Journal.receipts(of: room, after: since, limit: resumeEventsMax + 1 - positions.count, database)
      if positions.count > resumeEventsMax { return nil }
    }
    // Of a room deleted since, the journal has only the user's membership changes and the deletion.
    return changes.isEmpty ? positions.sorted() : Set(positions + changes.map(\.position)).sorted()
  }
}
