// Read markers (delivered, previewed, read) and receipts.
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Raises the user's markers in a room and returns `me` of the room as JSON. Blocks until the commit.
  public func updateReadMarkers(_ markers: ReadMarkersUpdate, in room: String, session: SessionRowID) throws -> [UInt8] {
    guard let room = PublicID(room) else { throw ChatError.notFound }
    let update = MarkerBatcher.Update(session: session, room: room, markers: markers, completions: [])
    return try commit { try Self.apply([update], $0) }[0].get()
  }

  /// The same for a thread that must not block. Updates that arrive in a burst are merged and produce one receipt. `completion` is called
  /// on another thread and must not block either.
  public func submitReadMarkers(
    _ markers: ReadMarkersUpdate, in room: String, session: SessionRowID,
    completion: @escaping @Sendable (Result<[UInt8], any Error>) -> Void
  ) throws(ChatError) {
    guard let room = PublicID(room) else { throw .notFound }
    markerBatcher.submit(markers, in: room, session: session, completion: completion)
  }

  /// Applies updates, each of which succeeds or fails by itself, and appends one receipt per member and room, however many of the user's
  /// devices sent one. Where messages that mention the user or that are deleted were passed, and others are left, the new count is an event
  /// of the user's own devices: one that does not have the messages loaded cannot know it. Returns `me` of each room as JSON.
  static func apply(_ updates: [MarkerBatcher.Update], _ transaction: Transaction) throws -> [Result<[UInt8], ChatError>] {
    var moved: [MembershipKey: ReadMarkers] = [:]
    // Members whose other devices cannot know what is left, by what they have fewer of.
    var recounted: [MembershipKey: String] = [:]
    let results = try updates.map { update -> Result<[UInt8], ChatError> in
      do {
        let (room, state) = try state(session: update.session, in: update.room, transaction.database)
        let membership = MembershipKey(room: room, user: state.user.rowID)
        var me = state.membership
        me.markers.advance(update.markers, upTo: state.lastSeq)
        if me.markers != state.membership.markers {
          try ReceiptHistory.move(room, state.user.rowID, from: state.membership.markers, to: me.markers, at: transaction.now, transaction)
          moved[membership] = me.markers
        }
        let (read, last) = (me.markers.readSeq, state.lastSeq)
        if read != state.membership.markers.readSeq {
          me.markedUnreadSeq = nil
          me.unread = try DeletedMessages.unread(in: room, after: read, lastSeq: last, transaction.database)
          let passed = read - state.membership.markers.readSeq
          if read < last, passed > state.membership.unread - me.unread { recounted[membership] = "unread" }
        }
        if me.mentions > 0 {
          let count = try Mentions.read(room, state.user.rowID, upTo: me.markers.readSeq, transaction)
          me.mentions -= count
          if count > 0 { recounted[membership] = "mentions" }
        }
        return .success(JSONWriter.membership(me))
      } catch let error as ChatError {
        return .failure(error)
      }
    }
    for (membership, markers) in moved { try publishReceipt(membership, markers, transaction) }
    for (membership, reason) in recounted {
      try publishOwnMembership(of: membership.user, in: membership.room, reason: reason, transaction)
    }
    return results
  }

  private struct MembershipKey: Hashable {
    let room: RoomRowID
    let user: UserRowID
  }

  /// Appends the receipt event: for the room, or for the user's own devices if they hide receipts or the room is large.
  private static func publishReceipt(_ membership: MembershipKey, _ markers: ReadMarkers, _ transaction: Transaction) throws {
    guard let state = try Memberships.state(of: membership.user, in: membership.room, transaction.database) else { return }
    let isForAll = !state.hidesReadReceipts && state.memberCount <= ReadMarkers.sharedReceiptsMembersMax
    try Journal.appendCompacted(
      isForAll ? .receipt : .ownReceipt, room: membership.room, user: membership.user,
      data: JSONWriter.receiptEvent(room: state.roomID, user: state.user.id, markers), at: transaction.now, transaction)
  }

  /// The membership of a session's user in a room. Throws unless they are a member.
  static func state(
    session: SessionRowID, in room: PublicID, _ database: Database
  ) throws -> (room: RoomRowID, state: MemberState) {
    let access = try access(session: session, to: room, for: .mark, database)
    guard let state = try Memberships.state(of: access.user.rowID, in: access.room, database) else { throw ChatError.notFound }
    return (access.room, state)
  }

  /// The receipts of a message, of users who were members when it was posted, without its author, those who hide receipts, and those
  /// between whom and the principal a block stands; `cursor` is the row id of the last user of the previous page.
  public func receipts(of seq: Int64, in room: String, for principal: Principal, after cursor: Int64, limit: Int) throws -> [Receipt] {
    try readers.read { database in
      try database.snapshot {
        let access = try Self.access(of: principal, to: room, for: .read, database)
        guard let stored = try Messages.find(MessageID(room: access.room, seq: seq), database) else { throw ChatError.notFound }
        return try ReceiptHistory.receipts(
          of: stored.id, author: stored.author, for: principal.user.rowID, postedAt: try Self.message(stored).createdAt, after: cursor,
          limit: limit, database)
      }
    }
  }
}
