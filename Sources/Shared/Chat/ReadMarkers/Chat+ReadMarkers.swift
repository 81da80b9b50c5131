// "I have it, I have seen its preview, I have read it": how far people have got.
package import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Moves one's marks in a room and answers `me` of it, as JSON.
  package func mark(_ marks: ReadMarkersUpdate, in room: String, session: SessionRowID) throws -> [UInt8] {
    guard let room = PublicID(room) else { throw ChatError.notFound }
    let wish = MarkerBatcher.Wish(session: session, room: room, marks: marks, completions: [])
    return try commit { try Self.move([wish], $0) }[0].get()
  }

  /// The same for a thread that may not wait. `completion` is called on another one, and must not block either. Marks that come in a
  /// burst are written, and told, as one.
  package func mark(
    _ marks: ReadMarkersUpdate, in room: String, session: SessionRowID, completion: @escaping @Sendable (Result<[UInt8], any Error>) -> Void
  ) throws(ChatError) {
    guard let room = PublicID(room) else { throw .notFound }
    markerBatcher.submit(marks, in: room, session: session, completion: completion)
  }

  /// Writes what people wish, each wish accepted or refused by itself, and tells each change of a member in a room once, however many
  /// of her devices asked for it. Answers `me` of the room, as JSON.
  static func move(_ wishes: [MarkerBatcher.Wish], _ transaction: Transaction) throws -> [Result<[UInt8], ChatError>] {
    var told: [MarkPlace: ReadMarkers] = [:]
    var read: [MarkPlace] = []
    let answers = try wishes.map { wish -> Result<[UInt8], ChatError> in
      do {
        let (room, state) = try state(session: wish.session, in: wish.room, transaction.database)
        let place = MarkPlace(room: room, user: state.user.rowID)
        var me = state.membership
        me.marks.raise(wish.marks, upTo: state.lastSeq)
        if me.marks != state.membership.marks {
          try ReceiptHistory.move(room, state.user.rowID, from: state.membership.marks, to: me.marks, at: .now, transaction)
          told[place] = me.marks
        }
        if me.mentions > 0 {
          let count = try Mentions.read(room, state.user.rowID, upTo: me.marks.readSeq, transaction)
          me.mentions -= count
          if count > 0 { read.append(place) }
        }
        return .success(JSONWriter.membership(me, lastSeq: state.lastSeq))
      } catch let refusal as ChatError {
        return .failure(refusal)
      }
    }
    for (place, marks) in told { try tellReceipt(place, marks, transaction) }
    for place in Set(read) { try tellOwnMembership(of: place.user, in: place.room, reason: "mentions", transaction) }
    return answers
  }

  private struct MarkPlace: Hashable {
    let room: RoomRowID
    let user: UserRowID
  }

  private static func tellReceipt(_ place: MarkPlace, _ marks: ReadMarkers, _ transaction: Transaction) throws {
    guard let state = try Memberships.state(of: place.user, in: place.room, transaction.database) else { return }
    let isForAll = !state.hidesReadReceipts && state.memberCount <= ReadMarkers.toldMembersMax
    try Journal.replace(
      isForAll ? .receipt : .ownReceipt, room: place.room, user: place.user,
      data: JSONWriter.receiptEvent(room: state.roomID, user: state.user.id, marks), at: .now, transaction)
  }

  /// What a room means to a session's user, who must be in it.
  static func state(
    session: SessionRowID, in room: PublicID, _ database: Database
  ) throws -> (room: RoomRowID, state: MemberState) {
    let access = try access(session: session, to: room, for: .mark, database)
    guard let state = try Memberships.state(of: access.user.rowID, in: access.room, database) else { throw ChatError.notFound }
    return (access.room, state)
  }

  /// Who has a message: those who were in the room when it was said, without its author and those who hide their reading; `cursor` is
  /// the number of the last one of the page before.
  package func receipts(of seq: Int64, in room: String, for principal: Principal, after cursor: Int64, limit: Int) throws -> [Receipt] {
    try readers.read { database in
      try database.snapshot {
        let access = try Self.access(of: principal, to: room, for: .read, database)
        guard let stored = try Messages.find(MessageID(room: access.room, seq: seq), database) else { throw ChatError.notFound }
        return try ReceiptHistory.receipts(
          of: stored.id, author: stored.author, saidAt: try Self.message(stored).createdAt, after: cursor, limit: limit, database)
      }
    }
  }
}
