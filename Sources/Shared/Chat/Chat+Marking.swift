// "I have it, I have seen its preview, I have read it": how far people have got.
package import Domain
package import Store
import Wire

extension Chat {
  /// Moves one's marks in a room and answers `me` of it, as JSON.
  package func mark(_ marks: MarksWish, in room: String, session: SessionNumber) throws -> [UInt8] {
    guard let room = PublicID(room) else { throw Refusal.notFound }
    let wish = MarkDesk.Wish(session: session, room: room, marks: marks, completions: [])
    return try commit { try Self.move([wish], $0) }[0].get()
  }

  /// The same for a thread that may not wait. `completion` is called on another one, and must not block either. Marks that come in a
  /// burst are written, and told, as one.
  package func mark(
    _ marks: MarksWish, in room: String, session: SessionNumber, completion: @escaping @Sendable (Result<[UInt8], any Error>) -> Void
  ) throws(Refusal) {
    guard let room = PublicID(room) else { throw .notFound }
    markDesk.submit(marks, in: room, session: session, completion: completion)
  }

  /// Writes what people wish, each wish accepted or refused by itself, and tells each change of a member in a room once, however many
  /// of her devices asked for it. Answers `me` of the room, as JSON.
  static func move(_ wishes: [MarkDesk.Wish], _ transaction: Transaction) throws -> [Result<[UInt8], Refusal>] {
    var told: [MarkPlace: Marks] = [:]
    var read: [MarkPlace] = []
    let answers = try wishes.map { wish -> Result<[UInt8], Refusal> in
      do {
        let (room, standing) = try standing(session: wish.session, in: wish.room, transaction.database)
        let place = MarkPlace(room: room, user: standing.user.number)
        var me = standing.me
        me.marks.raise(wish.marks, upTo: standing.lastSeq)
        if me.marks != standing.me.marks {
          try MarkSteps.move(room, standing.user.number, from: standing.me.marks, to: me.marks, at: .now, transaction)
          told[place] = me.marks
        }
        if me.mentions > 0 {
          let count = try Mentions.read(room, standing.user.number, upTo: me.marks.readSeq, transaction)
          me.mentions -= count
          if count > 0 { read.append(place) }
        }
        return .success(JSONWriter.membership(me, lastSeq: standing.lastSeq))
      } catch let refusal as Refusal {
        return .failure(refusal)
      }
    }
    for (place, marks) in told { try tellReceipt(place, marks, transaction) }
    for place in Set(read) { try tellOwnMembership(of: place.user, in: place.room, reason: "mentions", transaction) }
    return answers
  }

  private struct MarkPlace: Hashable {
    let room: RoomNumber
    let user: UserNumber
  }

  private static func tellReceipt(_ place: MarkPlace, _ marks: Marks, _ transaction: Transaction) throws {
    guard let standing = try Memberships.standing(of: place.user, in: place.room, transaction.database) else { return }
    let isForAll = !standing.hidesReading && standing.memberCount <= Marks.toldMembersMax
    try Journal.replace(
      isForAll ? .receipt : .ownReceipt, room: place.room, user: place.user,
      data: JSONWriter.receiptEvent(room: standing.roomID, user: standing.user.id, marks), at: .now, transaction)
  }

  /// What a room means to a session's user, who must be in it.
  static func standing(
    session: SessionNumber, in room: PublicID, _ database: Database
  ) throws -> (room: RoomNumber, standing: Memberships.Standing) {
    let access = try access(session: session, to: room, for: .mark, database)
    guard let standing = try Memberships.standing(of: access.user.number, in: access.room, database) else { throw Refusal.notFound }
    return (access.room, standing)
  }

  /// Who has a message: those who were in the room when it was said, without its author and those who hide their reading; `cursor` is
  /// the number of the last one of the page before.
  package func receipts(of seq: Int64, in room: String, for actor: Actor, after cursor: Int64, limit: Int) throws -> [MarkSteps.Receipt] {
    try readers.read { database in
      try database.snapshot {
        let access = try Self.access(of: actor, to: room, for: .read, database)
        guard let stored = try Messages.find(MessagePlace(room: access.room, seq: seq), database) else { throw Refusal.notFound }
        return try MarkSteps.receipts(
          of: stored.place, author: stored.author, saidAt: try Self.message(stored).createdAt, after: cursor, limit: limit, database)
      }
    }
  }
}
