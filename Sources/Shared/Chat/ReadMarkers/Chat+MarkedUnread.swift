// Marking a room as unread: a flag beside the read markers, for its owner alone.
import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Marks a room as unread from a message on; nil takes that back, and so does reading on. Returns `me` of the room as JSON.
  public func markUnread(from seq: Int64?, in room: String, by principal: Principal) throws -> [UInt8] {
    guard let room = PublicID(room) else { throw ChatError.notFound }
    return try commit(as: principal) { transaction in
      let (room, state) = try Self.state(session: principal.session, in: room, transaction.database)
      if let seq, !(1...max(state.lastSeq, 1)).contains(seq) || state.lastSeq == 0 {
        throw ChatError.invalid("seq", "unknown", "There is no such message in this room.")
      }
      var me = state.membership
      guard me.markedUnreadSeq != seq else { return JSONWriter.membership(me) }
      me.markedUnreadSeq = seq
      try Memberships.setMarkedUnread(room, state.user.rowID, from: seq, transaction)
      try Self.publishOwnMembership(of: state.user.rowID, in: room, reason: "unread", transaction)
      return JSONWriter.membership(me)
    }
  }
}
