// Drafts: text that is not sent yet, the same on all of a member's devices.
import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Stores the principal's draft in a room, in the place of the one before, and tells their devices. Empty text deletes it. Returns the draft
  /// as JSON. The bounds are those of a message.
  public func setDraft(_ content: String, replyTo: Int64?, in room: String, by principal: Principal) throws -> [UInt8] {
    let body = try MessageBody(content, mayBeEmpty: true)
    if let seq = replyTo, !(1...MessageID.seqMax).contains(seq) {
      throw ChatError.invalid("reply_to", "range", "The seq of a message.")
    }
    return try commit(as: principal) { transaction in
      let access = try Self.access(of: principal, to: room, for: .mark, transaction.database)
      let user = principal.user.rowID
      let before = try Drafts.find(access.room, user, transaction.database)
      let isEmpty = body.text.isEmpty
      let draft = Draft(content: body.text, replyTo: isEmpty ? nil : replyTo, updatedAt: transaction.now)
      if isEmpty {
        guard try Drafts.delete(access.room, user, transaction) else { return JSONWriter.draft(draft, in: room) }
      } else {
        if let before, before.content == draft.content, before.replyTo == draft.replyTo { return JSONWriter.draft(before, in: room) }
        try Drafts.set(access.room, user, draft, transaction)
      }
      let data = JSONWriter.draft(draft, in: room)
      try Journal.appendCompacted(.draftUpdated, room: access.room, user: user, data: data, at: transaction.now, transaction)
      return data
    }
  }
}
