// Invitations: of users who let themselves be added only by people who share a room with them.
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// How long an invitation stays open, and how long a declined one keeps its room from inviting again.
  public static let invitationSeconds: Int64 = 30 * 86_400

  /// Invites a user to a room and tells them. While there is an earlier invitation to the room, open or declined, nothing changes. Throws
  /// if the user is banned from the room or has too many invitations.
  func inviteMember(_ user: User, to id: PublicID, role: Role, by inviter: User, _ transaction: Transaction) throws {
    let (database, now) = (transaction.database, transaction.now)
    guard let room = try Rooms.find(id, database) else { throw ChatError.notFound }
    if try Bans.exists(user.rowID, in: room.rowID, database) { throw Self.banned }
    if try Invitations.exists(user.rowID, in: room.rowID, at: now, database) { return }
    guard try Invitations.count(of: user.rowID, at: now, database) < RoomLimits.invitationsPerUser else {
      throw ChatError(
        .conflict,
        "@\(user.username) has \(RoomLimits.invitationsPerUser) open invitations, the most there may be (invitations_per_user).")
    }
    // One that has expired.
    try Invitations.remove(user.rowID, in: room.rowID, transaction)
    let expiry = now + .seconds(Self.invitationSeconds)
    let data = JSONWriter.invitation(room: room, by: inviter, role: role, createdAt: now, expiresAt: expiry)
    let position = try Journal.append(.invited, by: .user(inviter.rowID), user: user.rowID, data: data, at: now, transaction)
    let invitation = Invitation(room: room, invitedBy: inviter, role: role, createdAt: now, expiresAt: expiry, position: position)
    try Invitations.insert(invitation, of: user.rowID, transaction)
  }

  /// The principal's open invitations, newest first; `cursor` is the position of the last one of the previous page.
  public func invitations(of principal: Principal, before cursor: Int64, limit: Int) throws -> [Invitation] {
    try readers.read { try Invitations.list(of: principal.user.rowID, at: clock.now, before: cursor, limit: limit, $0) }
  }

  /// Makes the principal a member of a room that they are invited to. In a direct room the messages that waited for them are unread.
  public func acceptInvitation(to id: String, by principal: Principal) throws -> RoomView {
    try commit(as: principal) { [self] transaction in
      let invitation = try Self.invitation(of: principal, to: id, transaction)
      let room = invitation.room
      try transaction.checkEventBudget(.user(principal.user.rowID))
      let readSeq = room.kind == .direct ? try Self.seq(before: invitation, transaction.database) : nil
      try addMember(
        principal.user, to: room.rowID, room.id, role: invitation.role, reason: "invited", .joined,
        by: .user(principal.user.rowID), readSeq: readSeq, transaction)
      return try Self.view(room.id, for: principal, transaction.database)
    }
  }

  /// Declines an invitation. The room cannot invite the principal again until it would have expired.
  public func declineInvitation(to id: String, by principal: Principal) throws {
    try commit(as: principal) { transaction in
      let invitation = try Self.invitation(of: principal, to: id, transaction)
      try Invitations.decline(principal.user.rowID, in: invitation.room.rowID, at: transaction.now, transaction)
    }
  }

  private static func invitation(of principal: Principal, to id: String, _ transaction: Transaction) throws -> Invitation {
    guard let id = PublicID(id),
      let invitation = try Invitations.find(of: principal.user.rowID, to: id, at: transaction.now, transaction.database)
    else { throw ChatError.notFound }
    return invitation
  }
}
