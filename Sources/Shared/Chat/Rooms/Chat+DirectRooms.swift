// Direct rooms: opening the one of two users, and bringing back the one who has left it.
import Auth
import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Finds or makes the direct room with another user. Whichever of the two has left it is added again.
  func openDirectRoom(with other: String, topic: String, by principal: Principal) throws -> CreatedRoom {
    try commit(as: principal) { [self] transaction in
      let (user, database) = (principal.user, transaction.database)
      guard let other = try Self.users([other], database).first else { throw Self.unknownMember }
      guard other.rowID != user.rowID else { throw ChatError.invalid("members", "value", "A direct room is with another user.") }
      try Self.checkNoBlock(between: user.rowID, other.rowID, database)
      let creator = EventCause.user(user.rowID)
      let (low, high) = other.rowID.value < user.rowID.value ? (other.rowID, user.rowID) : (user.rowID, other.rowID)
      if let room = try Rooms.findDirect(low: low, high: high, database) {
        let id = try Rooms.publicID(of: room, database)
        // Opening the room answers an invitation to it.
        let readSeq = try Invitations.find(of: user.rowID, to: id, at: transaction.now, database).map { try Self.seq(before: $0, database) }
        try addMember(user, to: room, id, role: .member, reason: "opened", .joined, by: creator, readSeq: readSeq, transaction)
        let isInvited = try bring(other, into: room, id, reason: "opened", by: user, transaction)
        return CreatedRoom(try Self.view(id, for: principal, database), isNew: false, invited: isInvited ? [other.id] : [])
      }
      try transaction.checkEventBudget(creator)
      try enforceRoomCreation(.direct, by: user.rowID, transaction)
      let id = PublicID(trusted: Random.id())
      let room = try Rooms.insert(
        id: id, kind: .direct, name: nil, topic: topic, createdBy: user.rowID, direct: (low, high), at: transaction.now, transaction)
      try addMember(user, to: room, id, role: .member, reason: "created", .joined, by: creator, transaction)
      let isInvited = try bring(other, into: room, id, reason: "created", by: user, transaction)
      let view = try Self.view(id, for: principal, database)
      try Journal.append(.roomCreated, by: creator, room: room, data: JSONWriter.roomEvent(view.room), at: transaction.now, transaction)
      return CreatedRoom(view, isNew: true, invited: isInvited ? [other.id] : [])
    }
  }

  /// The other user of a direct room, nil in other rooms. Throws if nothing new can reach them: `forbidden` if one of the two has blocked the
  /// other, which the error does not say more of, or `recipient_gone` if the account is deleted. A suspended user is reached: they read it
  /// once the suspension is over.
  static func recipient(in access: PostingAccess, _ database: Database) throws -> Recipient? {
    guard access.kind == .direct, let recipient = try Rooms.recipient(of: access.user.rowID, in: access.room, database) else { return nil }
    if recipient.isBlocked { throw blockExists }
    if recipient.isDeleted { throw ChatError(.recipientGone, "The other user has deleted the account.") }
    return recipient
  }

  /// Adds the other user of a direct room who is not in it, or invites them: what is written meanwhile waits in the room. `isCounted`: as a
  /// person whom `user` adds. True if they are invited.
  func bring(
    _ other: User, into room: RoomRowID, _ id: PublicID, reason: String, by user: User, isCounted: Bool = true, _ transaction: Transaction
  ) throws -> Bool {
    guard try Memberships.role(of: other.rowID, in: room, transaction.database) == nil else { return false }
    let (added, invited) = try admit([other], addedBy: user.rowID, isCounted: isCounted, transaction)
    for other in added { try addMember(other, to: room, id, role: .member, reason: reason, .added, by: .user(user.rowID), transaction) }
    for other in invited { try inviteMember(other, to: id, role: .member, by: user, transaction) }
    return !invited.isEmpty
  }

  /// The newest message that an invited user of a direct room had; those after it have waited for them.
  static func seq(before invitation: Invitation, _ database: Database) throws -> Int64 {
    try Messages.lastSeq(of: invitation.room.rowID, through: invitation.position, database)
  }
}
